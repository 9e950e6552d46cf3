"""Serve a folder to this machine alone, and open it in the browser: python web/serve.py FOLDER PORT."""

import functools
import sys
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


def main(folder: str, port: str) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    except OSError as error:
        other = int(port) + 1
        sys.exit(f"Port {port} cannot be used ({error.strerror}): run make serve PORT={other}, or another.")
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"Serving {folder} at {address} (Ctrl-C ends it)", flush=True)
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(*sys.argv[1:])
