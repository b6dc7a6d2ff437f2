"""Files of archives with random damage are read, or refused in one line; what is read comes back unchanged."""

from __future__ import annotations

import random
import warnings

import pytest

from mtfix.errors import InputError
from tests.formats.packages.samples import FILES, pack, read, unpack

ROUNDS = 100
SIGNS = b'<>/"& \x00\xff:a'


def damage(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes of an archive, or of one of its members."""
    if chance.random() < 0.5:
        raw = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    members = unpack(data)
    name = chance.choice(list(members))
    raw = bytearray(members[name])
    at = chance.randrange(len(raw))
    if chance.random() < 0.5:
        del raw[at : at + chance.randint(1, 30)]
    else:
        raw[at] = chance.choice(SIGNS)
    return pack({**members, name: bytes(raw)})


@pytest.mark.parametrize("name", FILES)
def test_damage_is_no_traceback(name: str) -> None:
    chance = random.Random(5)
    refused = 0
    for _ in range(ROUNDS):
        data = damage(FILES[name], chance)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of zipfile, about names that come twice
                container = read(data, name.partition(".")[2])
        except InputError as error:
            refused += 1
            assert str(error).startswith(f"{name}: ")
            assert "\n" not in str(error)
        else:
            assert container.write(container.documents) == data
    assert 0 < refused < ROUNDS
