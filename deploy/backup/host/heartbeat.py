"""Dead man's switch: somebody outside misses us when we say nothing."""
import urllib.request
from base import CONFIG


def address(url, host, kind, ok):
    """`/fail` belongs to the path, also when a question follows."""
    path, mark, question = url.replace("{host}", host).replace("{kind}", kind).partition("?")
    return (path if ok else path.rstrip("/") + "/fail") + mark + question


def ping(settings, kind, ok, text=""):
    """Says it, or not: that nobody hears us is what raises the alarm. Without {kind}, only the check of everything speaks, so that one thing's success does not hide another's failure."""
    try:
        with open(CONFIG + "/heartbeat") as file:
            url = file.read().strip()
    except FileNotFoundError:
        return
    if not url or (kind != "check" and "{kind}" not in url):
        return
    for _ in range(3):
        try:
            urllib.request.urlopen(urllib.request.Request(address(url, settings["host"], kind, ok), data=text[:10_000].encode() or None), timeout=10).close()
            return
        except Exception:
            continue
