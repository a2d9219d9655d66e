"""The inbox: bounded, in order, and it knows when the loop has come to rest."""

from __future__ import annotations

import asyncio

import pytest

from bot.inbox import Inbox
from states.events import Tick

pytestmark = pytest.mark.timeout(30)


async def test_events_come_out_in_order():
    """What happened first is handled first."""
    inbox = Inbox()
    for t in range(3):
        await inbox.put(Tick(t=t))
    assert [(await inbox.get()).t for _ in range(3)] == [0, 1, 2]


async def test_it_is_quiet_only_when_everything_pending_has_ended():
    """In lock-step the game does not move while an event, a gesture or a decision is under way."""
    inbox = Inbox()
    await inbox.quiet()
    await inbox.put(Tick(t=0))
    waiting = asyncio.create_task(inbox.quiet())
    await inbox.get()
    with inbox.pending():
        with inbox.pending():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        assert inbox.under_way == 1
    await asyncio.wait_for(waiting, 5)


async def test_work_in_a_queue_is_pending_until_its_block_ends():
    """A gesture asked for while an event is handled keeps the loop from coming to rest once the event is done."""
    inbox = Inbox()
    queue = inbox.queue()
    with inbox.pending():
        queue.put_nowait("work")
    waiting = asyncio.create_task(inbox.quiet())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await queue.get()
    with inbox.pending():
        await asyncio.sleep(0.01)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)


async def test_a_block_that_fails_is_no_longer_pending():
    """An error in one handler does not stop the game's clock for ever."""
    inbox = Inbox()
    with pytest.raises(ZeroDivisionError), inbox.pending():
        raise ZeroDivisionError
    await asyncio.wait_for(inbox.quiet(), 5)


async def test_a_full_inbox_makes_the_sender_wait():
    """Nothing is dropped, and nothing grows without bound."""
    inbox = Inbox(size=1)
    await inbox.put(Tick(t=0))
    sender = asyncio.create_task(inbox.put(Tick(t=1)))
    await asyncio.sleep(0.01)
    assert not sender.done()
    assert (await inbox.get()).t == 0
    await sender
    assert (await inbox.get()).t == 1


async def test_a_sender_that_gives_up_leaves_nothing_open():
    """A cancelled put does not keep the loop from coming to rest."""
    inbox = Inbox(size=1)
    await inbox.put(Tick(t=0))
    sender = asyncio.create_task(inbox.put(Tick(t=1)))
    await asyncio.sleep(0.01)
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    await inbox.get()
    with inbox.pending():
        pass
    await asyncio.wait_for(inbox.quiet(), 5)


async def test_what_people_ask_for_is_handled_before_what_waits():
    """In its own order, even when the inbox is full; and it counts as pending."""
    inbox = Inbox(size=3)
    for t in range(3):
        await inbox.put(Tick(t=t))
    waiting = asyncio.create_task(inbox.put(Tick(t=3)))
    await asyncio.sleep(0)
    for t in (10, 11):
        inbox.put_first(Tick(t=t))
    assert (len(inbox), inbox.under_way) == (5, 6)
    assert [(await inbox.get()).t for _ in range(6)] == [10, 11, 0, 1, 2, 3]
    await waiting
    await asyncio.wait_for(inbox.quiet(), 5)


async def test_a_consumer_that_is_cancelled_while_it_waits_loses_nothing():
    """The next one gets the event."""
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    waiting.cancel()
    inbox.put_first(Tick(t=1))
    assert (await asyncio.wait_for(inbox.get(), 5)).t == 1
