"""A buffer in a file goes on after a kill from where its checkpoint was, whatever was written in between."""

from __future__ import annotations

import json

import numpy as np
import pytest

from learning.encoding import Observation
from learning.frames import AHEAD, FramesError
from learning.observation import look
from learning.replay import SPARE, ReplayBuffer

DISCOUNT = 0.9


@pytest.fixture(scope="module")
def shown(encoding, views):
    """Sixty observations and masks, side by side."""
    seen = [look(view, encoding) for view in views[:60]]
    parts = zip(*(one.observation for one in seen), strict=True)
    return Observation(*map(np.stack, parts)), np.stack([one.legal for one in seen])


def add(buffer, shown, numbers, over=()):
    """Decisions of four battles side by side, each seeing other observations; battles end at the numbers in `over`."""
    for number in numbers:
        places = (number + 7 * np.arange(4)) % 60
        first = buffer.add_frames(Observation(*(part[places] for part in shown[0])), shown[1][places])
        if number:
            for b in range(4):
                after = None if number + b in over else first + b
                buffer.add(first - 4 + b, (number + b) % buffer.actions, float(number + b), after, b)


def drawn(buffer):
    """What a hundred batches have, as one row of bytes."""
    rng = np.random.default_rng(3)
    batches = [buffer.sample(16, 50.0, 0.25, rng) for _ in range(100)]
    return b"".join(
        part.tobytes() for one in batches for part in (*one.before, *one.after, one.actions, one.rewards, one.discounts)
    )


def kept(buffer):
    """Its position, as it comes back from a file of JSON."""
    return json.loads(json.dumps(buffer.position()))


def test_a_buffer_in_a_file_draws_what_one_in_memory_does(encoding, shown, tmp_path):
    """Also after its ring has come round, which is longer than what is in use."""
    memory, file = (ReplayBuffer(encoding, 50, 3, DISCOUNT, spare=70) for _ in range(2))
    file.keep_in(tmp_path / "buffer-00000001")
    for buffer in (memory, file):
        add(buffer, shown, range(100), over=range(5, 100, 9))
    assert len(memory) == len(file) == 50
    assert drawn(memory) == drawn(file)
    complete = memory.state()["complete"]
    assert (file.state()["complete"] == complete).all()
    assert (file.state()["reward"] == memory.state()["reward"])[complete].all()


@pytest.mark.parametrize("later", [0, 1, 3, 12])
def test_after_a_kill_it_is_as_it_was_at_the_checkpoint(encoding, shown, tmp_path, later):
    """Whatever was written since: the same draws, and going on gives what going on without a kill gives."""
    made = [ReplayBuffer(encoding, 50, 3, DISCOUNT, spare=AHEAD + 200) for _ in range(2)]
    for number, buffer in enumerate(made):
        buffer.keep_in(tmp_path / f"buffer-0000000{number}")
        add(buffer, shown, range(30), over=(9, 20))
    whole, killed = made
    position = kept(killed)
    add(killed, shown, range(30, 30 + later), over=(31,))
    again = ReplayBuffer(encoding, 50, 3, DISCOUNT, spare=AHEAD + 200)
    again.resume(tmp_path, position)
    assert len(again) == 50
    assert drawn(again) == drawn(whole)
    for buffer in (whole, again):
        add(buffer, shown, range(30, 60), over=(35, 50))
    assert drawn(again) == drawn(whole)


def test_what_was_overwritten_since_is_left_out(encoding, shown, tmp_path):
    """Where more was written after the checkpoint than there is room to spare, the oldest frames are gone."""
    buffer = ReplayBuffer(encoding, 3000, 3, DISCOUNT, spare=AHEAD + 100)
    buffer.keep_in(tmp_path / "buffer-00000001")
    add(buffer, shown, range(1000))
    position = kept(buffer)
    add(buffer, shown, range(1000, 1500))
    again = ReplayBuffer(encoding, 3000, 3, DISCOUNT, spare=AHEAD + 100)
    again.resume(tmp_path, position)
    assert 900 < len(again) <= 4000 - (6000 - 3000 - AHEAD - 100)
    rewards = again.sample(2000, 1e9, 1.0, np.random.default_rng(0)).rewards
    assert rewards.max() < 3 * 1003
    assert drawn(again)


def test_another_size_takes_the_youngest_along(encoding, shown, tmp_path):
    """They are in memory until there is a new file for them; a larger buffer has all that the file still has."""
    buffer = ReplayBuffer(encoding, 50, 3, DISCOUNT)
    buffer.keep_in(tmp_path / "buffer-00000001")
    add(buffer, shown, range(30))
    position, rewards = kept(buffer), buffer.state()["reward"].tolist()
    for capacity, count in ((20, 20), (500, 120)):
        other = ReplayBuffer(encoding, capacity, 3, DISCOUNT, spare=SPARE + 1)
        other.resume(tmp_path, position)
        assert other.file is None
        assert len(other) == count
        assert other.state()["reward"].tolist()[-50:] == rewards[-count:]


def test_numbers_that_make_no_sense_are_no_experience(encoding, shown, tmp_path):
    """A file that was damaged where it lies does not end the learning."""
    buffer = ReplayBuffer(encoding, 50, 3, DISCOUNT)
    buffer.keep_in(tmp_path / "buffer-00000001")
    add(buffer, shown, range(12))
    buffer.arrays["action"][20], buffer.arrays["ahead"][21], buffer.arrays["steps"][22] = 10**6, 10**6, -5
    again = ReplayBuffer(encoding, 50, 3, DISCOUNT)
    again.resume(tmp_path, kept(buffer))
    assert again.arrays["complete"][18:25].tolist() == [True, True, False, False, False, True, True]


def test_a_file_that_is_gone_is_refused(encoding, shown, tmp_path):
    """The buffer stays as it was."""
    buffer = ReplayBuffer(encoding, 50, 3, DISCOUNT)
    buffer.keep_in(tmp_path / "buffer-00000001")
    add(buffer, shown, range(3))
    position = kept(buffer)
    (tmp_path / "buffer-00000001").unlink()
    other = ReplayBuffer(encoding, 50, 3, DISCOUNT)
    with pytest.raises(FramesError, match="buffer-00000001"):
        other.resume(tmp_path, position)
    assert (len(other), other.file) == (0, None)
