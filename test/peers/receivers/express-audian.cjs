// Audian's "Example Endpoint (Node.js/Express)" as printed, re-indented. What the print lacks stands below the line.
const express = require('express');
const crypto = require('crypto');
const app = express();

app.use(express.json());

// Your webhook signing secret from Audian Dashboard
const WEBHOOK_SECRET = process.env.AUDIAN_WEBHOOK_SECRET;

app.post('/webhooks', (req, res) => {
  // Verify the signature
  const signature = req.headers['x-audian-signature'];
  const timestamp = req.headers['x-audian-timestamp'];
  const body = JSON.stringify(req.body);

  const expected = crypto
    .createHmac('sha256', WEBHOOK_SECRET)
    .update(`${timestamp}.${body}`)
    .digest('hex');

  if (signature !== expected) {
    return res.status(401).json({ error: 'Invalid signature' });
  }

  // Process the webhook event
  const event = req.body;
  console.log(`Received event: ${event.event}`);

  // Handle the event asynchronously
  handleWebhookEvent(event).catch(err => {
    console.error('Error processing webhook:', err);
  });

  // Return 200 immediately
  res.json({ received: true });
});

async function handleWebhookEvent(event) {
  // Your event processing logic here
  switch (event.event) {
    case 'call.completed':
      await processCellCompletedEvent(event.data);
      break;
    case 'recording.completed':
      await processRecordingCompletedEvent(event.data);
      break;
    // ... handle other events
  }
}

app.listen(3000, () => {
  console.log('Webhook server listening on port 3000');
});

// ---- not in the print ----

async function processCellCompletedEvent(data) {
  console.log(`call ${data.call_id}`);
}

async function processRecordingCompletedEvent(data) {
  console.log(`recording ${data.recording_id}`);
}
