# Audian's "Example Endpoint (Python/Flask)" as printed, re-indented. What the print lacks stands below the line.
from flask import Flask, request, jsonify
import hmac
import hashlib
import json
import os
from datetime import datetime

app = Flask(__name__)

WEBHOOK_SECRET = os.getenv('AUDIAN_WEBHOOK_SECRET')

@app.route('/webhooks', methods=['POST'])
def handle_webhook():
    signature = request.headers.get('x-audian-signature')
    timestamp = request.headers.get('x-audian-timestamp')
    body = request.data

    # Verify signature
    expected_sig = hmac.new(
        WEBHOOK_SECRET.encode(),
        f'{timestamp}.{body.decode()}'.encode(),
        hashlib.sha256
    ).hexdigest()

    if signature != expected_sig:
        return jsonify({'error': 'Invalid signature'}), 401

    # Parse event
    event = request.get_json()

    # Process asynchronously
    process_webhook_event(event)

    return jsonify({'received': True})

def process_webhook_event(event):
    event_type = event.get('event')

    if event_type == 'call.completed':
        handle_call_completed(event['data'])
    elif event_type == 'recording.completed':
        handle_recording_completed(event['data'])
    # ... handle other event types

# ---- not in the print ----

def handle_call_completed(data):
    assert data['call_id']

def handle_recording_completed(data):
    assert data['recording_id']

# ---- the print ends with ----

if __name__ == '__main__':
    app.run(port=3000, debug=False)
