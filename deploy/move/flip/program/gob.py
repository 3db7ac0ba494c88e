"""As much of Go's gob encoding as the proxy's control socket needs: requests out, answers in. Fields are found by their names."""

BASIC = {"bool": 1, "int": 2, "uint": 3, "string": 6}
# Names as in kamal-proxy 0.9 (internal/server/commands.go); what is left out has Go's zero value.
TYPES = {
    "strings": "[]string",
    "Request": [("ServiceMethod", "string"), ("Seq", "uint")],
    "PauseArgs": [("Service", "string"), ("DrainTimeout", "int"), ("PauseTimeout", "int")],
    "ResumeArgs": [("Service", "string")],
    "RemoveArgs": [("Service", "string")],
    "DeploymentOptions": [("DeployTimeout", "int"), ("DrainTimeout", "int")],
    "ServiceOptions": [("Hosts", "strings"), ("PathPrefixes", "strings"), ("TLSEnabled", "bool"), ("TLSCertificatePath", "string"), ("TLSPrivateKeyPath", "string"), ("TLSRedirect", "bool"), ("StripPrefix", "bool"), ("WriterAffinityTimeout", "int")],
    "HealthCheckConfig": [("Path", "string"), ("Interval", "int"), ("Timeout", "int"), ("Host", "string")],
    "TargetOptions": [("HealthCheckConfig", "HealthCheckConfig"), ("ResponseTimeout", "int"), ("MaxMemoryBufferSize", "int"), ("ForwardHeaders", "bool")],
    "DeployArgs": [("Service", "string"), ("TargetURLs", "strings"), ("DeploymentOptions", "DeploymentOptions"), ("ServiceOptions", "ServiceOptions"), ("TargetOptions", "TargetOptions")],
}
NAMES = list(TYPES)


def type_id(name):
    return BASIC.get(name) or 65 + NAMES.index(name)


def gob_uint(value):
    if value < 128:
        return bytes([value])
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([256 - len(data)]) + data


def gob_int(value):
    return gob_uint((~value << 1) | 1 if value < 0 else value << 1)


def gob_string(value):
    data = value.encode()
    return gob_uint(len(data)) + data


def gob_struct(fields):
    """Fields as (number from 1, encoded value); None is left out."""
    parts, last = [], 0
    for number, value in fields:
        if value is not None:
            parts += [gob_uint(number - last), value]
            last = number
    return b"".join(parts) + gob_uint(0)


def gob_message(kind, payload):
    whole = gob_int(kind) + payload
    return gob_uint(len(whole)) + whole


def gob_definition(name):
    shape, common = TYPES[name], gob_struct([(1, gob_string(name)), (2, gob_int(type_id(name)))])
    if shape == "[]string":
        wire = gob_struct([(2, gob_struct([(1, common), (2, gob_int(BASIC["string"]))]))])
    else:
        fields = b"".join(gob_struct([(1, gob_string(field)), (2, gob_int(type_id(kind)))]) for field, kind in shape)
        wire = gob_struct([(3, gob_struct([(1, common), (2, gob_uint(len(shape)) + fields)]))])
    return gob_message(-type_id(name), wire)


def gob_value(kind, value):
    if not value:
        return None
    if kind == "bool":
        return gob_uint(1)
    if kind == "int":
        return gob_int(value)
    if kind == "uint":
        return gob_uint(value)
    if kind == "string":
        return gob_string(value)
    if kind == "strings":
        return gob_uint(len(value)) + b"".join(gob_string(each) for each in value)
    return gob_struct([(at + 1, gob_value(each, value.get(field))) for at, (field, each) in enumerate(TYPES[kind])])


def gob_needs(name):
    """The types that have to be defined before a value of this one."""
    shape = TYPES[name]
    found = [] if shape == "[]string" else [need for _, kind in shape if kind not in BASIC for need in gob_needs(kind)]
    return list(dict.fromkeys([name, *found]))


def gob_read_uint(data, at):
    if data[at] < 128:
        return data[at], at + 1
    length = 256 - data[at]
    return int.from_bytes(data[at + 1: at + 1 + length], "big"), at + 1 + length


def gob_take(data):
    """The first whole message and the rest; None while it is not whole."""
    if not data or (data[0] >= 128 and len(data) < 257 - data[0]):
        return None, data
    length, at = gob_read_uint(data, 0)
    return (data[at: at + length], data[at + length:]) if len(data) >= at + length else (None, data)


def gob_answer(message):
    """An answer's head: (sequence number, error or '')."""
    _, at = gob_read_uint(message, 0)
    field, sequence, error = 0, 0, ""
    while True:
        delta, at = gob_read_uint(message, at)
        if delta == 0:
            return sequence, error
        field += delta
        value, at = gob_read_uint(message, at)
        if field == 2:
            sequence = value
        else:
            if field == 3:
                error = message[at: at + value].decode()
            at += value
