"""The daemon and its command line: config, inbox, hands, MQTT control, trace, logs. Wires the rest."""

__version__ = "0.1.0"
