"""In a battle: asks the policy at every decision interval, makes the gesture it decided, and checks its effect."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, Action
from game.view import UNKNOWN, BattleView, OperatorSeen
from states.asking import PAUSE, Asking
from states.attempts import BAN_SECONDS, REPEATS, Attempt, Banned, banned_key
from states.commands import BattleEnded, Command, Decide, Deploy, Remember, Retreat, Tap, TapCard, UseSkill
from states.events import BattleSeen, Decided, Event, GestureDone, GestureFailed, Outcome, ScreenSeen
from states.state import State

BUTTON_PATIENCE = 2.0
"""Seconds between two taps on a button, or on the spot that puts a selected card or unit back."""
SLOW_WAYS = ("clear", "clear", "pause", "clear")
"""What is tapped in turn to end a slow motion: an empty spot, and a button, which also takes back a card that waits
for its direction near that spot. Where that pauses the game, `PAUSED_WAYS` go on.
"""
PAUSED_WAYS = ("pause", "pause", "clear", "pause")
"""What is tapped in turn in a game that stands still though the bot does not."""


@dataclass
class Memory:
    """What is known of one battle beyond the last frame. Times are seconds of the events' clock, or of game time."""

    started: float
    deployed: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Slot → row, column and direction of its last deployment, whether the operator still stands there or not."""
    seen: dict[int, float] = field(default_factory=dict)
    """Slot → game time at which the operator was last seen on its tile."""
    hand: int = 0
    """The most cards that were seen at once. Those of a support unit or of devices are none of the squad."""
    recognised: set[int] = field(default_factory=set)
    """Slots whose cards were recognised."""
    view: BattleView | None = None
    seen_at: float | None = None
    game_time: float = 0.0
    """Seconds of play seen so far, at normal speed."""
    decided_at: float | None = None
    """Game time of the last decision asked for."""
    asked: int | None = None
    """Id of the `Decide` that has no answer yet."""
    before: BattleView | None = None
    """The view of the last decision."""
    done: Action = NOTHING
    """The action that the last decision led to: a gesture without effect counts as a wait."""
    attempt: Attempt | None = None
    banned: dict[Banned, float] = field(default_factory=dict)
    """Action that had no effect however often it was made → the time from which it may be tried again."""
    asking: Asking = field(default_factory=Asking)
    button_at: float = -BUTTON_PATIENCE
    buttons: dict[str, int] = field(default_factory=dict)


class BattleState(State):
    """Plays one battle. Its memory lasts through a pause, and ends with the result or once a menu is seen."""

    name = "battle"
    memory: Memory | None = None

    def enter(self, event: Event) -> None:
        """Begin a battle, or go on with the one that was interrupted."""
        super().enter(event)
        if self.memory is None:
            self.memory = Memory(started=event.t)
        self.memory.seen_at = None
        # An answer that arrived in another state was ignored there: ask again.
        self.memory.asked = None
        self.memory.buttons = {}
        self.memory.asking.stop()
        self.machine.arrive()
        if self.memory.attempt is not None:
            # A gesture that a pause broke off may have had its effect: the next frames show it.
            self.memory.attempt.done_at = event.t

    def forget(self) -> None:
        """A menu is open: a battle that was under way was left without a result and is not counted.

        Where the run was to end after it, it ends without another one.
        """
        if self.memory is not None and self.machine.leaving is not None:
            self.machine.last_one = True
        self.memory = None

    def forget_question(self) -> None:
        """Ignore the answer to a question that was asked before a pause."""
        if self.memory is not None:
            self.memory.asked = None

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption; the battle itself needs no tap."""
        return self.close_interruption(event) or []

    def on_battle_seen(self, event: BattleSeen) -> list[Command]:
        """Count the time, check the last gesture, press a button if one must be pressed, else ask the policy."""
        memory = self.memory
        assert memory is not None
        self._count_time(memory, event.view, event.t)
        if memory.attempt is not None:
            self._judge(memory, memory.attempt, event.view, event.t)
        view = memory.view = self._complete(memory, event.view)
        self.tapped_at = None
        if self._is_asking(memory, view, event.t):
            return self._name_cards(memory.asking, view, event.t)
        return (
            self._buttons(memory, view, event)
            or self._repeat(memory, view, event.t)
            or self._ask(memory, view, event.t)
        )

    def on_decided(self, event: Decided) -> list[Command]:
        """Turn a decision into a gesture, if it still fits what is seen."""
        memory = self.memory
        if memory is None or memory.view is None or event.id != memory.asked:
            return []
        memory.asked = None
        action = Action(*event.action)
        gesture = self._gesture(memory, memory.view, action, "decided")
        if gesture is None or banned_key(action) in self._banned(memory, event.t):
            return []
        memory.done = action
        memory.attempt = Attempt(action, gesture.row, gesture.col, gesture.id)
        return [gesture]

    def on_gesture_done(self, event: GestureDone) -> list[Command]:
        """The gesture was made: its effect is expected from now on."""
        attempt = self.memory and self.memory.attempt
        if attempt and attempt.gesture == event.id:
            attempt.done_at = event.t
        return []

    def on_gesture_failed(self, event: GestureFailed) -> list[Command]:
        """The gesture was not made: no effect is expected, and the decision counts as a wait."""
        memory = self.memory
        if memory and memory.attempt and memory.attempt.gesture == event.id:
            memory.attempt, memory.done = None, NOTHING
        return []

    def finish(self, t: float, outcome: Outcome, stars: int) -> list[Command]:
        """Hand over the last experience and count the battle, once its result is known; `t` is the time of the result.

        No commands when no battle was seen before the result.
        """
        memory, self.memory = self.memory, None
        if memory is None:
            return []
        commands: list[Command] = []
        if memory.before is not None:
            commands.append(
                Remember(before=memory.before, action=memory.done, after=None, outcome=outcome, stars=stars)
            )
        number = self.machine.count_battle()
        return [
            *commands, BattleEnded(number=number, outcome=outcome, stars=stars, seconds=t - memory.started)
        ]  # fmt: skip

    def _complete(self, memory: Memory, view: BattleView) -> BattleView:
        """The view with the slots and directions of operators, which no frame shows but the deployments tell.

        What the twin infers of an operator counts where nothing of it is seen. One that only the twin has does not.
        """
        memory.hand = max(memory.hand, len(view.cards))
        memory.recognised.update(card.slot for card in view.cards if card.slot != UNKNOWN)
        standing = self._standing(memory, view)
        at = {(row, col): slot for slot, (row, col, _) in standing.items()}
        seen = {at.get((unit.row, unit.col), UNKNOWN): unit for unit in view.operators}
        unknown = [unit for unit in view.operators if (unit.row, unit.col) not in at and unit.origin != "inferred"]
        known = [self._known(slot, place, seen.get(slot), memory) for slot, place in standing.items()]
        return msgspec.structs.replace(view, operators=(*known, *unknown))

    def _standing(self, memory: Memory, view: BattleView) -> dict[int, tuple[int, int, int]]:
        """The deployed operators that still stand. Cards are trusted more than detections: an operator whose card is in
        the hand is not on the field, whatever the detector found. When cards cannot be read, the number of those that
        may be the squad's tells how many operators stand; those not seen for longest count as fallen.
        """
        in_hand = {card.slot for card in view.cards}
        standing = {slot: place for slot, place in memory.deployed.items() if slot not in in_hand}
        found = {(unit.row, unit.col) for unit in view.operators if unit.origin == "seen"}
        for slot, (row, col, _) in standing.items():
            if (row, col) in found:
                memory.seen[slot] = memory.game_time
        if UNKNOWN in in_hand:
            strangers = self._strangers(memory, view)
            most = max(self.machine.setup.squad_size + strangers, memory.hand) - len(view.cards)
            latest = sorted(standing, key=lambda slot: -memory.seen.get(slot, 0.0))[: max(most, 0)]
            standing = {slot: place for slot, place in standing.items() if slot in latest}
        return standing

    def _strangers(self, memory: Memory, view: BattleView) -> int:
        """How many cards are none of the squad's, such as those of what an operator summons: once all of the squad were
        recognised, those without a slot that do not cool down, as an operator's does that has just fallen.
        """
        if len(memory.recognised) < self.machine.setup.squad_size:
            return 0
        return sum(card.slot == UNKNOWN and card.cost >= 0 and card.state != "cooling" for card in view.cards)

    def _known(self, slot: int, place: tuple[int, int, int], unit: OperatorSeen | None, memory: Memory) -> OperatorSeen:
        """A deployed operator as seen now, or as the twin infers it, or as last seen."""
        row, col, direction = place
        if unit is None and memory.view is not None:
            old = next((old for old in memory.view.operators if old.slot == slot), None)
            unit = old and msgspec.structs.replace(old, origin="known")
        unit = unit or OperatorSeen(slot, row, col, direction, health=1.0, skill_ready=False, origin="known")
        return msgspec.structs.replace(unit, slot=slot, row=row, col=col, direction=direction)

    def _count_time(self, memory: Memory, view: BattleView, t: float) -> None:
        """Add the game time since the last frame; the slow motion of a deployment counts as standing still."""
        if memory.seen_at is not None and not view.paused and not view.deploying:
            memory.game_time += (t - memory.seen_at) * view.speed
        memory.seen_at = t

    def _judge(self, memory: Memory, attempt: Attempt, view: BattleView, t: float) -> None:
        """See whether a gesture had its effect, be it late, or whether that is overdue."""
        lag = self.machine.lag
        if not attempt.can_be_judged(t, lag):
            return
        if attempt.worked(view):
            if attempt.action.kind == DEPLOY:
                memory.deployed[attempt.action.slot] = (attempt.row, attempt.col, attempt.action.direction)
            elif attempt.action.kind == RETREAT:
                memory.deployed.pop(attempt.action.slot, None)
            memory.attempt = None
        else:
            attempt.lost = attempt.is_overdue(t, lag)

    def _repeat(self, memory: Memory, view: BattleView, t: float) -> list[Command]:
        """Make a lost gesture again while it is possible. After `REPEATS` it is banned for a while, and was a wait."""
        attempt = memory.attempt
        if attempt is None or not attempt.lost or view.paused or view.deploying:
            return []
        if attempt.made > REPEATS:
            memory.banned[attempt.key] = t + BAN_SECONDS
        else:
            gesture = self._gesture(memory, view, attempt.action, "no effect was seen")
            if gesture is not None:
                attempt.again(gesture.id)
                return [gesture]
        memory.attempt, memory.done = None, NOTHING
        return []

    def _banned(self, memory: Memory, t: float) -> tuple[Banned, ...]:
        """The actions that must not be tried now."""
        memory.banned = {key: until for key, until in memory.banned.items() if t < until}
        return tuple(sorted(memory.banned))

    def _buttons(self, memory: Memory, view: BattleView, event: Event) -> list[Command]:
        """Tap what ends a pause or a slow motion that the bot did not ask for, and press speed when it is not the
        configured one; not while a gesture is under way.
        """
        if not view.paused:
            memory.buttons.pop("paused", None)
        if not view.deploying:
            memory.buttons.pop("slow", None)
        under_way = memory.attempt is not None and not memory.attempt.lost
        if under_way or event.t - memory.button_at < BUTTON_PATIENCE + 2 * self.machine.lag:
            return []
        if view.paused:
            return self._way_out(memory, "paused", PAUSED_WAYS, event, "the game stands still")
        if view.deploying:
            return self._way_out(memory, "slow", SLOW_WAYS, event, "something is still selected")
        if view.speed != self.machine.setup.speed and memory.buttons.get("speed", 0) < 3:
            return self._press(memory, "speed", "speed", event, f"play at {self.machine.setup.speed}x")
        return []

    def _way_out(self, memory: Memory, stuck: str, ways: tuple[str, ...], event: Event, why: str) -> list[Command]:
        """Tap the next of some ways out; once all were tried without effect it is a fault."""
        tried = memory.buttons.get(stuck, 0)
        if tried >= len(ways):
            return self.machine.give_up(event, f"{why}, and tapping {', '.join(ways)} had no effect")
        return self._press(memory, stuck, ways[tried], event, why)

    def _press(self, memory: Memory, count: str, point: str, event: Event, why: str) -> list[Command]:
        """Tap a point, and count it under a name."""
        memory.button_at = event.t
        memory.buttons[count] = memory.buttons.get(count, 0) + 1
        return [Tap(id=self.machine.next_id(), point=point, why=why)]

    def _is_asking(self, memory: Memory, view: BattleView, t: float) -> bool:
        """Whether the game is being asked whose cards these are: where the eyes can learn it, and nothing else is
        under way.
        """
        if not self.machine.setup.ask_cards or memory.attempt is not None or memory.asked is not None:
            return False
        known = memory.recognised.union(memory.deployed)
        memory.asking.look(view, t, self.machine.setup.squad_size, known)
        return memory.asking.under_way

    def _name_cards(self, asking: Asking, view: BattleView, t: float) -> list[Command]:
        """The next tap that asks whose a card is."""
        place = asking.next_tap(view, t, self.machine.lag)
        if place is None:
            return []
        number, why = self.machine.next_id(), "ask whose card this is"
        if place == PAUSE:
            return [Tap(id=number, point="pause", why=why)]
        return [TapCard(id=number, card=place, cards=len(view.cards), why=why)]

    def _ask(self, memory: Memory, view: BattleView, t: float) -> list[Command]:
        """Ask the policy once `decision_interval` has passed, and give the last one's experience to the learner."""
        busy = memory.asked is not None or memory.attempt is not None or view.paused or view.deploying
        interval = self.machine.setup.decision_interval
        if busy or (memory.decided_at is not None and memory.game_time - memory.decided_at < interval):
            return []
        commands: list[Command] = []
        if memory.before is not None:
            commands.append(Remember(before=memory.before, action=memory.done, after=view))
        memory.asked, memory.decided_at = self.machine.next_id(), memory.game_time
        memory.before, memory.done = view, NOTHING
        return [*commands, Decide(id=memory.asked, view=view, banned=self._banned(memory, t))]

    def _gesture(
        self, memory: Memory, view: BattleView, action: Action, why: str
    ) -> Deploy | UseSkill | Retreat | None:
        """The gesture for an action; None for a wait, and for an action that is no longer possible: its card cannot be
        paid, its operator has fallen, its skill has been triggered by itself.
        """
        if action.kind == DEPLOY:
            hand = [card.slot for card in view.cards]
            if action.slot not in hand or view.cards[hand.index(action.slot)].state != "ready":
                return None
            row, col = divmod(action.tile, self.machine.setup.width)
            return Deploy(
                id=self.machine.next_id(), why=why, card=hand.index(action.slot), cards=len(hand),
                row=row, col=col, direction=action.direction,
            )  # fmt: skip
        unit = next((one for one in view.operators if one.slot == action.slot), None)
        if unit is None or action.slot not in memory.deployed or action.kind not in (SKILL, RETREAT):
            return None
        if action.kind == SKILL and not unit.skill_ready:
            return None
        make = UseSkill if action.kind == SKILL else Retreat
        return make(id=self.machine.next_id(), why=why, row=unit.row, col=unit.col)
