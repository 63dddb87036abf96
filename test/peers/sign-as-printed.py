# The platforms' printed verifiers as signers: what each would compare a signature with, for every body on stdin.
#   python sign-as-printed.py voqo|authentivoice|voicesense < {"secret": …, "bodies": […]}    gives a list of signatures
import hmac
import importlib.util
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
asked = json.load(sys.stdin)
expected = []
hmac.compare_digest = lambda computed, signature: expected.append(computed) is None


def load(name):
    spec = importlib.util.spec_from_file_location("receiver", os.path.join(HERE, "receivers", name))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def voqo(secret, bodies):
    receiver = load("fastapi-voqo.py")
    receiver.WEBHOOK_SECRET = secret
    for body in bodies:
        receiver.verify_webhook_signature(body, "", str(int(time.time())))


def authentivoice(secret, bodies):
    os.environ["WEBHOOK_SECRET"] = secret
    receiver = load("fastapi-authentivoice.py")
    for body in bodies:
        receiver.verify_signature(json.loads(body), "")


def voicesense(secret, bodies):
    with open(os.path.join(HERE, "receivers", "voicesense.py"), encoding="utf-8") as file:
        script = file.read()
    for body in bodies:
        literal = body.replace("\\", "\\\\").replace("'", "\\'")
        said = script.replace("qn38UciAEBTR1vlWPyPR205U438I6PAS", secret).replace('{"test":"body"}', literal)
        exec(compile(said.replace("print(", "str("), "voicesense.py", "exec"), {})


{"voqo": voqo, "authentivoice": authentivoice, "voicesense": voicesense}[sys.argv[1]](asked["secret"], asked["bodies"])
json.dump(expected, sys.stdout)
