"""A proxy that changes answers as a later version may."""

import http.client
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A text or a brace. What is in a text is none.
PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|\{\s*\}|\{')


def new_member(body):
    """One more in every object. It is a text, so that it suits the objects whose members have all to be texts."""
    member = '"addedLater":"x"'

    def add(part):
        if not part.group().startswith("{"):
            return part.group()
        return f"{{{member}}}" if part.group().endswith("}") else f"{{{member},"

    return PARTS.sub(add, body)


def new_value(body):
    """One that no enum has, where Web Flow's own enums may grow."""
    return re.sub(r'("(?:valueFormatType|accountStatus)"\s*:\s*)"[A-Z_]+"', r'\1"ADDED_LATER"', body)


def new_type(body):
    """An attribute of a type that nobody knows, at the beginning of a form."""
    attribute = '{"type":"ADDED_LATER","id":"added.later","label":null},'
    return re.sub(r'("parameters"\s*:\s*\[)', lambda found: found.group() + attribute, body)


ALL = {"a new member": new_member, "a new value": new_value, "a new type": new_type}


class Proxy:
    """Passes requests on to `upstream`, and answers back with a change, or as they are with `None`."""

    def __init__(self, upstream, change):
        changed = ALL[change] if change else lambda body: body
        host = urllib.parse.urlsplit(upstream).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                connection = http.client.HTTPConnection(host)
                connection.request("POST", self.path, body, {"content-type": self.headers["content-type"]})
                answer = connection.getresponse()
                text = changed(answer.read().decode()).encode()
                connection.close()
                self.send_response(answer.status)
                self.send_header("content-type", answer.headers["content-type"])
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
