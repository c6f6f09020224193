"""Volcengine Ark by its SDK, PyPI `volcengine-ark-runtime`."""

from volcenginesdkarkruntime import Ark, _exceptions

from byteplus import check

check(Ark, _exceptions, "doubao-seedance-2-0-260128")
