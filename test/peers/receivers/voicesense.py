import hashlib
import hmac

secret = bytes('qn38UciAEBTR1vlWPyPR205U438I6PAS', 'utf-8')  # replace with your webhook signing secret
body = bytes('''{"test":"body"}''', 'utf-8')  # replace with webhook request body
signature = 'a30d5e4941a55d747bbaf39efb54ed5d1784cbd373686fe9e24375071bc0d73f'  # replace with signature from the header

hmac_hash = hmac.new(secret, body, hashlib.sha256)
signature_valid = hmac.compare_digest(hmac_hash.hexdigest(), signature)
print(signature_valid)
