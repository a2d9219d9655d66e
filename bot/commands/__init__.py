"""The verbs of the command line, one module each: `add` declares its arguments, the function below does its work.

Heavy libraries are imported inside the functions, so that `holdfast --help` stays quick.
"""
