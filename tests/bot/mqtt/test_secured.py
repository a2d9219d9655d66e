"""TLS, passwords and rights, with a real mosquitto that reads the sample of docs/mosquitto."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import aiomqtt
import pytest
from mqtt_sides import PATIENCE, Side, daemon
from ports import free_port, wait_for_port

from bot import log
from bot.config import ConfigError, MqttOptions, parse
from bot.mqtt import connection, session
from bot.mqtt.caller import NoDaemonError, ask
from bot.mqtt.session import Session

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "mosquitto"
SECRETS = {"holdfast": "wolfsbane-7", "phone": "monkshood-8", "screen": "belladonna-9", "homeassistant": "hemlock-10"}
"""Users and their passwords."""


def certificates(folder: Path) -> None:
    """A certificate authority, and a certificate for localhost signed by it."""
    run = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*run, "-keyout", folder / "ca.key", "-out", folder / "ca.crt", "-subj", "/CN=Test CA",
         "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [*run, "-keyout", folder / "server.key", "-out", folder / "server.crt", "-subj", "/CN=localhost",
         "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A mosquitto with the sample's configuration: its port, and the folder of its files."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None or shutil.which("openssl") is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto, mosquitto_passwd and openssl are needed")
    folder, port = tmp_path_factory.mktemp("broker"), free_port()
    certificates(folder)
    shutil.copy(SAMPLE / "acl", folder / "acl")
    (folder / "passwords").write_text("".join(f"{user}:{word}\n" for user, word in SECRETS.items()))
    subprocess.run(["mosquitto_passwd", "-U", folder / "passwords"], check=True)
    text = (SAMPLE / "mosquitto.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/mosquitto/certs", str(folder)).replace("/etc/mosquitto", str(folder))
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1") + "user root\n"
    (folder / "mosquitto.conf").write_text(text, encoding="utf-8")
    broker = subprocess.Popen([program, "-c", folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
    wait_for_port(port)
    yield port, folder
    broker.terminate()
    broker.wait()


def options(secured, user: str, **more) -> MqttOptions:
    """What this user configures."""
    port, folder = secured
    return parse(
        {"mqtt": {"host": "localhost", "port": port, "name": "tester", "tls": True, "ca_file": "ca.crt",
                  "username": user, "password": SECRETS.get(user, ""), **more}},
        folder=folder,
    ).mqtt  # fmt: skip


async def test_the_sample_lets_each_user_do_what_it_should(secured):
    """The daemon plays its part, a phone steers it, a screen only watches."""
    async with daemon(options(secured, "holdfast")) as one:
        assert one.control._session.is_mqtt_5
        assert (await ask(options(secured, "phone"), "pause", PATIENCE))["step"] == "done"
        heard = len(one.events)
        with pytest.raises(NoDaemonError):
            await ask(options(secured, "screen"), "resume", 1.0)
        assert len(one.events) == heard
        async with connection.client(options(secured, "homeassistant"), "ha") as home:
            await home.subscribe("homeassistant/device/+/config")
            message = await asyncio.wait_for(anext(aiter(home.messages)), PATIENCE)
            assert str(message.topic) == "homeassistant/device/holdfast_tester/config"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"password": "wrong"}, "[Nn]ot authori|Bad user"),
        ({"tls": False, "ca_file": ""}, "."),
        ({"ca_file": ""}, "certificate verify failed"),
        ({"host": "127.0.0.2"}, "."),
    ],
)
async def test_a_wrong_password_or_certificate_is_told_and_play_goes_on(secured, change, why, monkeypatch):
    """One event with a reason, no connection."""
    if not change.get("tls", True):  # the broker never answers
        monkeypatch.setattr(session, "TIMEOUT", 0.5)
    side = Side(options(secured, "holdfast", **change))
    task = asyncio.create_task(side.control.run())
    await side.heard(1)
    assert not side.control.connected
    assert pytest.approx(1) == len(side.events)
    assert side.events[0].part == "broker"
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(side.events[0].why)
    await side.control.close(task)


async def test_user_and_password_come_from_the_environment_or_a_file(secured, monkeypatch):
    """The environment goes first, then the file, then the option."""
    _, folder = secured
    (folder / "word").write_text(f"{SECRETS['holdfast']}\r\nsecond line\n")
    from_file = options(secured, "holdfast", password="wrong", password_file="word")
    assert connection.credentials(from_file) == ("holdfast", SECRETS["holdfast"])
    async with connection.client(from_file, "file"):
        pass
    monkeypatch.setenv(connection.USERNAME, "phone")
    monkeypatch.setenv(connection.PASSWORD, SECRETS["phone"])
    assert connection.credentials(from_file) == ("phone", SECRETS["phone"])
    (folder / "word").unlink()
    monkeypatch.delenv(connection.PASSWORD)
    with pytest.raises(aiomqtt.MqttError, match="password_file"):
        connection.credentials(from_file)


def test_certificates_that_cannot_be_used_are_told_in_a_line(tmp_path):
    """Missing files when the configuration is read, broken ones when they are used."""
    with pytest.raises(ConfigError, match=r"mqtt.ca_file  ca.crt does not exist"):
        parse({"mqtt": {"tls": True, "ca_file": "ca.crt"}}, folder=tmp_path)
    (tmp_path / "ca.crt").write_text("nonsense")
    with pytest.raises(ConfigError, match=r"mqtt.ca_file  is for tls = true only"):
        parse({"mqtt": {"ca_file": "ca.crt"}}, folder=tmp_path)
    broken = parse({"mqtt": {"tls": True, "ca_file": "ca.crt"}}, folder=tmp_path).mqtt
    with pytest.raises(aiomqtt.MqttError, match="cannot be used"):
        connection.tls(broken)
    assert isinstance(connection.tls(MqttOptions(tls=True)), ssl.SSLContext)


async def test_secrets_reach_no_log_answer_or_message(secured, tmp_path, capfd):
    """Neither those that work nor those that do not, nor those that are no text."""
    log.set_up(tmp_path / "log.jsonl", "debug", None)
    said = []
    try:
        good = options(secured, "holdfast")
        async with daemon(good):
            said.append(await ask(options(secured, "phone"), "status", PATIENCE))
        side = Side(options(secured, "holdfast", password="hellebore-11"))
        task = asyncio.create_task(side.control.run())
        await side.heard(1)
        await side.control.close(task)
        said += [*side.events, good, repr(Session(good, "s", [], side.control))]
    finally:
        log.close()
    for table in ({"mqtt": {"password": 86420}}, {"mqtt": [{"password": "86420"}]}, {"mqtt": {"pasword": "86420"}}):
        with pytest.raises(ConfigError) as refused:
            parse(table)
        said.append(str(refused.value))
    text = (tmp_path / "log.jsonl").read_text() + repr(said) + "".join(capfd.readouterr())
    assert [word for word in (*SECRETS.values(), "hellebore-11", "86420") if word in text] == []
