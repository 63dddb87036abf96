# AuthentiVoice's "Create Webhook Endpoint" and "Signature verification example" as printed. What the prints lack:
import json
import os

from fastapi import FastAPI, HTTPException, Request

app = FastAPI()

async def process_event(payload):
    assert payload["id"] and payload["event"]

# ---- as printed ----

@app.post("/webhook/authentivoice")
async def handle_webhook(request: Request):
    payload = await request.json()
    signature = request.headers.get("X-AuthentiVoice-Signature")

    # Verify signature
    if not verify_signature(payload, signature):
        raise HTTPException(status_code=401)

    # Process event
    await process_event(payload)

    return {"status": "ok"}

import hmac
import hashlib

def verify_signature(payload: dict, signature: str) -> bool:
    secret = os.environ.get("WEBHOOK_SECRET")

    expected = hmac.new(
        secret.encode(),
        json.dumps(payload).encode(),
        hashlib.sha256
    ).hexdigest()

    return hmac.compare_digest(expected, signature)
