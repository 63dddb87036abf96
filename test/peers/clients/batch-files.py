"""AuthentiVoice's printed batch function, and the one function that its print leaves open."""

import asyncio
import json
import os
import sys
import urllib.request
import uuid
from typing import List

URL, KEY = os.environ["TRUNKLINE_URL"], os.environ["TRUNKLINE_KEY"]


async def batch_process_audio_files(file_paths: List[str]):
    tasks = []
    
    for file_path in file_paths:
        task = asyncio.create_task(
            upload_and_analyze(file_path)
        )
        tasks.append(task)
    
    results = await asyncio.gather(*tasks)
    return results


async def upload_and_analyze(file_path: str):
    boundary = uuid.uuid4().hex
    fields = {"campaign_id": os.environ["CAMPAIGN"], "reference_id": os.path.basename(file_path)}
    with open(file_path, "rb") as audio:
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{os.path.basename(file_path)}"\r\n'
            "Content-Type: audio/wav\r\n\r\n"
        ).encode()
        body += audio.read() + f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer, wait = await asyncio.to_thread(ask, "POST", "/api/v1/analyses", body, kind)
    while wait is not None:
        await asyncio.sleep(float(wait))
        answer, wait = await asyncio.to_thread(ask, "GET", f"/api/v1/analyses/{answer['id']}")
    return answer


def ask(method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None):
    """The answer, and after how many seconds to ask again: nothing once there is a result."""
    request = urllib.request.Request(URL + path, body, {"X-API-Key": KEY, **(headers or {})}, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response), response.headers["Retry-After"]


print(json.dumps(asyncio.run(batch_process_audio_files(sys.argv[1:]))))
