"""In a battle: asks the policy at every decision interval, makes the gesture it decided, and checks its effect."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, Action
from game.view import UNKNOWN, BattleView, OperatorSeen
from states.commands import BattleEnded, Command, Decide, Deploy, Gesture, Remember, Retreat, Tap, UseSkill
from states.events import BattleSeen, Decided, Event, GestureDone, GestureFailed, Outcome, ScreenSeen
from states.state import TRIES, State

CONFIRM = 2.0
"""Seconds after a gesture within which its effect must be seen."""
SETTLE = 0.5
"""Seconds after a gesture before its effect can be judged: until then its animation may still run."""
BUTTON_PATIENCE = 2.0
"""Seconds between two taps on the pause or the speed button."""


@dataclass
class Attempt:
    """A gesture under way, and the effect it should have."""

    action: Action
    row: int
    col: int
    gesture: int
    """Its id."""
    done_at: float | None = None


@dataclass
class Memory:
    """What is known of one battle beyond the last frame. Times are seconds of the events' clock, or of game time."""

    started: float
    deployed: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Slot → row, column and direction of its last deployment, whether the operator still stands there or not."""
    seen: dict[int, float] = field(default_factory=dict)
    """Slot → game time at which the operator was last seen on its tile."""
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
    button_at: float = -BUTTON_PATIENCE
    buttons: dict[str, int] = field(default_factory=dict)


class BattleState(State):
    """Plays one battle. Its memory lasts through a pause, and ends with the result or once a menu is seen."""

    name = "battle"
    memory: Memory | None = None

    @property
    def game_time(self) -> float:
        """Seconds of play of the battle under way, at normal speed; 0 where there is none."""
        return self.memory.game_time if self.memory else 0.0

    def enter(self, event: Event) -> None:
        """Begin a battle, or go on with the one that was interrupted."""
        super().enter(event)
        if self.memory is None:
            self.memory = Memory(started=event.t)
        self.memory.seen_at = None
        # An answer that arrived in another state was ignored there: ask again.
        self.memory.asked = None
        self.machine.arrive()
        if self.memory.attempt is not None:
            # A gesture that a pause broke off may have had its effect: the next frames show it.
            self.memory.attempt.done_at = event.t

    def forget(self) -> None:
        """A menu is open: a battle that was under way was left without a result and is not counted."""
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
        return self._buttons(memory, view, event) or self._ask(memory, view)

    def on_decided(self, event: Decided) -> list[Command]:
        """Turn a decision into a gesture, if it still fits what is seen."""
        memory = self.memory
        if memory is None or memory.view is None or event.id != memory.asked:
            return []
        memory.asked = None
        action = Action(*event.action)
        gesture = self._gesture(memory, memory.view, action)
        if gesture is None:
            return []
        row, col = (gesture.row, gesture.col) if isinstance(gesture, Deploy | UseSkill | Retreat) else (0, 0)
        memory.done = action
        memory.attempt = Attempt(action, row, col, gesture.id)
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
        """The view with the slots and directions of operators, which no frame shows but the deployments tell."""
        standing = self._standing(memory, view)
        at = {(row, col): slot for slot, (row, col, _) in standing.items()}
        seen = {at.get((unit.row, unit.col), UNKNOWN): unit for unit in view.operators}
        unknown = [unit for unit in view.operators if (unit.row, unit.col) not in at]
        known = [self._known(slot, place, seen.get(slot), memory) for slot, place in standing.items()]
        return msgspec.structs.replace(view, operators=(*known, *unknown))

    def _standing(self, memory: Memory, view: BattleView) -> dict[int, tuple[int, int, int]]:
        """The deployed operators that still stand. Cards are trusted more than detections: an operator whose card is in
        the hand is not on the field, whatever the detector found. When cards cannot be read, the size of the hand tells
        how many operators stand; those not seen for longest count as fallen.
        """
        in_hand = {card.slot for card in view.cards}
        standing = {slot: place for slot, place in memory.deployed.items() if slot not in in_hand}
        found = {(unit.row, unit.col) for unit in view.operators}
        for slot, (row, col, _) in standing.items():
            if (row, col) in found:
                memory.seen[slot] = memory.game_time
        if UNKNOWN in in_hand:
            most = self.machine.setup.squad_size - len(view.cards)
            latest = sorted(standing, key=lambda slot: -memory.seen.get(slot, 0.0))[: max(most, 0)]
            standing = {slot: place for slot, place in standing.items() if slot in latest}
        return standing

    def _known(self, slot: int, place: tuple[int, int, int], unit: OperatorSeen | None, memory: Memory) -> OperatorSeen:
        """A deployed operator as seen now, or, when the detector missed it, as last seen."""
        row, col, direction = place
        if unit is None and memory.view is not None:
            unit = next((old for old in memory.view.operators if old.slot == slot), None)
        health, ready = (unit.health, unit.skill_ready) if unit else (1.0, False)
        return OperatorSeen(slot, row, col, direction, health, ready)

    def _count_time(self, memory: Memory, view: BattleView, t: float) -> None:
        """Add the game time since the last frame; the slow motion of a deployment counts as standing still."""
        if memory.seen_at is not None and not view.paused and not view.deploying:
            memory.game_time += (t - memory.seen_at) * view.speed
        memory.seen_at = t

    def _judge(self, memory: Memory, attempt: Attempt, view: BattleView, t: float) -> None:
        """See whether a gesture had its effect; without one for `CONFIRM` seconds it counts as a wait."""
        if attempt.done_at is None or t - attempt.done_at < SETTLE:
            return
        if self._worked(attempt, view):
            if attempt.action.kind == DEPLOY:
                memory.deployed[attempt.action.slot] = (attempt.row, attempt.col, attempt.action.direction)
            elif attempt.action.kind == RETREAT:
                memory.deployed.pop(attempt.action.slot, None)
            memory.attempt = None
        elif t - attempt.done_at > CONFIRM:
            memory.attempt, memory.done = None, NOTHING

    def _worked(self, attempt: Attempt, view: BattleView) -> bool:
        """Whether the screen shows the effect a gesture should have."""
        in_hand = any(card.slot == attempt.action.slot for card in view.cards)
        if attempt.action.kind == DEPLOY:
            return not in_hand and not view.deploying
        if attempt.action.kind == RETREAT:
            return in_hand
        there = [unit for unit in view.operators if (unit.row, unit.col) == (attempt.row, attempt.col)]
        return not any(unit.skill_ready for unit in there)

    def _buttons(self, memory: Memory, view: BattleView, event: Event) -> list[Command]:
        """Press pause when the game is paused though the bot is not, speed when it is not the configured one, and an
        empty spot when a card or unit is selected though no gesture is under way.
        """
        if not view.paused:
            memory.buttons.pop("pause", None)
        if not view.deploying:
            memory.buttons.pop("clear", None)
        if memory.attempt is not None or event.t - memory.button_at < BUTTON_PATIENCE:
            return []
        if view.paused:
            return self._press(memory, "pause", event, "the game stands still")
        if view.deploying:
            return self._press(memory, "clear", event, "something is still selected")
        if view.speed != self.machine.setup.speed and memory.buttons.get("speed", 0) < 3:
            return self._press(memory, "speed", event, f"play at {self.machine.setup.speed}x")
        return []

    def _press(self, memory: Memory, point: str, event: Event, why: str) -> list[Command]:
        """Tap a button of the battle; after `TRIES` taps without effect it is a fault."""
        if memory.buttons.get(point, 0) >= TRIES:
            return self.machine.give_up(event, f"{point} was tapped {TRIES} times without effect: {why}")
        memory.button_at = event.t
        memory.buttons[point] = memory.buttons.get(point, 0) + 1
        return [Tap(id=self.machine.next_id(), point=point, why=why)]

    def _ask(self, memory: Memory, view: BattleView) -> list[Command]:
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
        return [*commands, Decide(id=memory.asked, view=view)]

    def _gesture(self, memory: Memory, view: BattleView, action: Action) -> Gesture | None:
        """The gesture for an action; None for a wait, and for an action that is no longer possible."""
        if action.kind == DEPLOY:
            hand = [card.slot for card in view.cards]
            if action.slot not in hand or view.cards[hand.index(action.slot)].state != "ready":
                return None
            row, col = divmod(action.tile, self.machine.setup.width)
            return Deploy(
                id=self.machine.next_id(), why="decided", card=hand.index(action.slot), cards=len(hand),
                row=row, col=col, direction=action.direction,
            )  # fmt: skip
        if action.slot not in memory.deployed or action.kind not in (SKILL, RETREAT):
            return None
        row, col, _ = memory.deployed[action.slot]
        make = UseSkill if action.kind == SKILL else Retreat
        return make(id=self.machine.next_id(), why="decided", row=row, col=col)
