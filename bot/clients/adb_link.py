"""The way to one Android device through the adb server: the server started, the device found, and found again.

`adbutils` speaks with the server. Each call opens a connection of its own, so that nothing has to be mended when the
device, the server or both were gone meanwhile.
"""

from __future__ import annotations

import socket
import subprocess

from adbutils import AdbClient, AdbError, adb_path

from game.errors import HoldfastError

ANSWER_SECONDS = 10.0
"""How long the server and the device may take for the next piece of an answer."""
START_SECONDS = 20.0
"""How long the server may take to start."""
NO_ADB = "there is no adb; install it: apt-get install adb, or Android's platform-tools"
CONSOLE_PORTS = range(5554, 5586, 2)
"""Ports that the server itself looks at for emulators: one at 5555 is listed as emulator-5554."""
REMEDIES = {
    "unauthorized": "allow USB debugging in the question on its screen",
    "authorizing": "allow USB debugging in the question on its screen",
    "offline": "wait until it has started, or restart it, or run: adb reconnect offline",
    "no": "adb may not open it; see https://developer.android.com/studio/run/device#setting-up",
}
"""What to do about a device in a state in which it cannot be used; `adb devices` says the states."""


class DeviceError(HoldfastError):
    """A device cannot be reached over adb. The message says why and what to do."""


class AdbLink:
    """The device of this serial number or address; with an empty one, the only one that adb lists.

    Once found it stays the same one: another that is plugged in later changes nothing.
    """

    def __init__(self, serial: str = "") -> None:
        self._wanted = serial
        self._client = AdbClient()
        self._found = ""
        """The serial number by which it can be reached now, as far as is known; empty where it must be found."""

    @property
    def serial(self) -> str:
        """The device's serial number or address. Raises DeviceError where it cannot be found."""
        self._found = self._found or self._find()
        self._wanted = self._wanted or self._found
        return self._found

    def open(self, service: str) -> socket.socket:
        """A connection to a service of the device, such as "exec:screencap"; reads wait `ANSWER_SECONDS` at most.

        Raises DeviceError. A device that was known and is gone is looked for once more.
        """
        if self._found:
            try:
                return self._opened(service)
            except DeviceError:
                self._found = ""
        return self._opened(service)

    def ask(self, command: str) -> str:
        """What a command of the device's shell prints. Raises DeviceError."""
        with self.open(f"exec:{command}") as connection:
            return read_all(connection).decode(errors="replace").strip()

    def _opened(self, service: str) -> socket.socket:
        serial = self.serial
        try:
            connection = self._client.make_connection(ANSWER_SECONDS)
            for command in (f"host:transport:{serial}", service):
                connection.send_command(command)
                connection.check_okay()
        except (AdbError, OSError, ValueError) as error:
            raise DeviceError(f"{serial} does not answer over adb: {error or type(error).__name__}") from None
        # The socket itself: adbutils reads it in small pieces, and waits when it closes it.
        opened: socket.socket = connection.conn
        return opened

    def _find(self) -> str:
        """The serial number of the device, connected to where it is an address."""
        start_server()
        try:
            listed = self._listed()
            if ":" in self._wanted and listed.get(self._wanted) != "device":
                self._connect(again=self._wanted in listed)
                listed = self._listed()
        except (AdbError, OSError, ValueError) as error:
            raise DeviceError(f"the adb server does not answer: {error}; run: adb kill-server") from None
        return chosen(listed, self._wanted)

    def _listed(self) -> dict[str, str]:
        """The state of each device that adb lists."""
        return {info.serial: info.state for info in self._client.list()}

    def _connect(self, *, again: bool) -> None:
        """Have the server connect to the address. Raises DeviceError with the server's words."""
        if again:
            self._client.disconnect(self._wanted)
        told = self._client.connect(self._wanted, timeout=ANSWER_SECONDS)
        if not told.startswith(("connected to", "already connected")):
            advice = "start the emulator and allow adb in its settings, or correct [screen] serial"
            raise DeviceError(f"adb: {told.strip()}; {advice}")


def chosen(listed: dict[str, str], wanted: str) -> str:
    """The device to use of those that adb lists with their states; where none is named, the only one that is ready.

    Raises DeviceError where there is none, or several.
    """
    twins = {f"emulator-{port}" for port in CONSOLE_PORTS if f"127.0.0.1:{port + 1}" in listed}
    apart = [name for name in listed if name not in twins]
    names = [wanted] if wanted else [name for name in apart if listed[name] == "device"] or apart
    if not names:
        advice = "start the emulator and name its address as [screen] serial, or plug the phone in with USB debugging"
        raise DeviceError(f"adb lists no device; {advice}")
    if len(names) > 1:
        raise DeviceError(f"adb lists several devices: {', '.join(names)}; name one as [screen] serial")
    state = listed.get(names[0])
    if state is None:
        others = ", ".join(listed) or "none"
        raise DeviceError(f"adb does not list the device {names[0]}; it lists: {others}; see [screen] serial")
    if state != "device":
        remedy = REMEDIES.get(state, "have it start Android, then try again")
        raise DeviceError(f"the device {names[0]} is {state}: {remedy}")
    return names[0]


def start_server() -> None:
    """Start the adb server unless one listens. Raises DeviceError where there is no adb, or it does not start."""
    place = server_place()
    if _listens(place):
        return
    try:
        command = [program(), "start-server"]
        subprocess.run(command, timeout=START_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603, PLW1510
    except FileNotFoundError:
        raise DeviceError(NO_ADB) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeviceError(f"the adb server cannot be started: {error}; run: adb start-server") from None
    if not _listens(place):
        raise DeviceError(f"the adb server does not start at {place[0]}:{place[1]}; see: adb nodaemon server")


def program() -> str:
    """The path of adb: that of this machine, else the one that comes with adbutils. Raises DeviceError without one."""
    try:
        return str(adb_path())
    except AdbError:
        raise DeviceError(NO_ADB) from None


def server_place() -> tuple[str, int]:
    """Where the adb server listens: the environment's ANDROID_ADB_SERVER_HOST and _PORT, else 127.0.0.1:5037."""
    client = AdbClient()
    return client.host, client.port


def read_all(connection: socket.socket) -> bytearray:
    """Everything up to the end of a connection. Raises DeviceError where a piece of it does not come in time."""
    data, end = bytearray(1 << 20), 0
    try:
        while count := connection.recv_into(memoryview(data)[end:]):
            end += count
            if end == len(data):
                data.extend(bytes(len(data)))
    except OSError as error:
        raise DeviceError(f"the device does not answer over adb: {error}") from None
    del data[end:]
    return data


def _listens(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, 1.0).close()
    except OSError:
        return False
    return True
