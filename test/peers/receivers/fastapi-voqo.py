# Voqo's "Python/FastAPI Implementation" and "FastAPI Endpoint Example" as printed, one after the other.
import hmac
import hashlib
import time

WEBHOOK_SECRET = "your_webhook_secret"

def verify_webhook_signature(payload_body: str, signature: str, timestamp: str) -> bool:
    # Validate timestamp (within 5 minutes)
    current_time = int(time.time())
    request_time = int(timestamp)
    if abs(current_time - request_time) > 300:  # 5 minutes
        return False

    # Compute expected signature
    expected_signature = hmac.new(
        WEBHOOK_SECRET.encode('utf-8'),
        payload_body.encode('utf-8'),
        hashlib.sha256
    ).hexdigest()

    # Constant-time comparison
    return hmac.compare_digest(expected_signature, signature)

from fastapi import FastAPI, Request, HTTPException

app = FastAPI()

@app.post("/webhook")
async def receive_webhook(request: Request):
    signature = request.headers.get("X-Webhook-Signature")
    timestamp = request.headers.get("X-Webhook-Timestamp")
    payload_body = await request.body()

    if not verify_webhook_signature(payload_body.decode(), signature, timestamp):
        raise HTTPException(status_code=401, detail="Invalid signature")

    # Process webhook payload
    data = await request.json()
    # Handle event...

    return {"status": "ok"}
