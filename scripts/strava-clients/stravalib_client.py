"""stravalib, unmodified, against the simulator at $STRAVA_SIM. See ./run."""

import http.server
import json
import os
import sys
import threading
import urllib.parse
import urllib.request

import requests
from stravalib import Client, exc
from stravalib.util.limiter import get_rates_from_response_headers

SIM = os.environ["STRAVA_SIM"]
STRAVA = "https://www.strava.com"
passed, failed = 0, 0


class ToSimulator(requests.adapters.HTTPAdapter):
    """stravalib takes a session of ours; this one goes elsewhere."""

    def send(self, request, **more):
        request.url = request.url.replace(STRAVA, SIM, 1)
        return super().send(request, **more)


def client(token=None):
    session = requests.Session()
    session.mount(STRAVA, ToSimulator())
    return Client(access_token=token, requests_session=session, rate_limiter=lambda *_: None)


def check(name, step):
    global passed, failed
    try:
        outcome = step()
        assert outcome is None or outcome, "not as expected"
        passed += 1
        print(f"  ok      {name}")
        return outcome
    except Exception as error:  # every failure is counted, none ends the run
        failed += 1
        print(f"  FAILED  {name}: {type(error).__name__}: {error}")


def control(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{SIM}/sim{path}", data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def consent(scope, athlete):
    """Fills the consent form in, as a person would."""
    url = client().authorization_url(1, "http://localhost/back", scope=scope, state="s t")
    form = {"consent": "shown", "athlete": athlete, "granted": scope, "answer": "authorize"}
    url = url.replace(STRAVA, SIM, 1)
    assert "<form" in requests.get(url).text
    answer = requests.post(url, data=form, allow_redirects=False)
    query = urllib.parse.parse_qs(urllib.parse.urlparse(answer.headers["location"]).query)
    assert query["state"] == ["s t"], query
    return query["code"][0]


def raises(kind, step):
    try:
        step()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


class Hook(http.server.BaseHTTPRequestHandler):
    """A webhook: says the challenge back and remembers events."""

    heard = []

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        body = json.dumps(Client().handle_subscription_callback(query, "token")).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Hook.heard.append(Client().handle_subscription_update(event))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


me = control("GET", "/athletes")[1]["id"]
truth = control("GET", f"/athletes/{me}/activities")
scopes = ["read", "activity:read_all", "profile:read_all", "activity:write"]

# The token's exchange and refresh.
code = consent(scopes, me)
info, _ = client().exchange_code_for_token(1, "secret", code, return_athlete=True)
check("token exchange", lambda: len(info["access_token"]) == 40 and info["expires_at"] > 0)
check("a code works once", lambda: raises(exc.Fault, lambda: client().exchange_code_for_token(1, "secret", code)))
check("wrong secret", lambda: raises(exc.AccessUnauthorized, lambda: client().exchange_code_for_token(1, "x", code)))
again = client().refresh_access_token(1, "secret", info["refresh_token"])
check("refresh gives the same token for hours", lambda: again["access_token"] == info["access_token"])
control("POST", "/clock", {"advance_s": 5 * 3600 + 1})
fresh = client().refresh_access_token(1, "secret", info["refresh_token"])
check("refresh rotates", lambda: fresh["refresh_token"] != info["refresh_token"] and fresh["access_token"] != info["access_token"])
check("the old refresh token is dead", lambda: raises(exc.Fault, lambda: client().refresh_access_token(1, "secret", info["refresh_token"])))

c = client(fresh["access_token"])
athlete = check("athlete", c.get_athlete)
check("athlete in detail", lambda: athlete.id == me and athlete.weight > 0 and len(athlete.shoes) == 2)
check("athlete's zones", lambda: len(c.get_athlete_zones().heart_rate.zones.root) == 5)
check("stats", lambda: c.get_athlete_stats(me).all_run_totals.count > 100)
truth = control("GET", f"/athletes/{me}/activities")
listed = check("paging to the end", lambda: list(c.get_activities()))
check("the list is complete", lambda: {a.id for a in listed} == {a["id"] for a in truth})
middle = truth[len(truth) // 2]["start"]
check("after", lambda: len(list(c.get_activities(after=middle))) < len(listed))
run = next(a for a in reversed(truth) if a["has_streams"] and a["sport_type"] == "Run" and not a["trainer"])
indoors = next(a for a in truth if a["trainer"] and a["sport_type"] == "Run")
by_hand = next(a for a in truth if a["manual"])
detail = check("detail", lambda: c.get_activity(run["id"], include_all_efforts=True))
check("laps, splits, efforts", lambda: detail.laps and detail.splits_metric and detail.best_efforts)
check("every kind of activity", lambda: all(c.get_activity(a["id"]) for a in (indoors, by_hand)))
check("laps", lambda: len(list(c.get_activity_laps(run["id"]))) == len(detail.laps))
check("activity's zones", lambda: c.get_activity_zones(run["id"]))
keys = ["time", "distance", "latlng", "altitude", "heartrate", "cadence", "velocity_smooth", "moving", "grade_smooth", "temp"]
streams = check("streams", lambda: c.get_activity_streams(run["id"], types=keys))
check("streams are of one length", lambda: len({len(s.data) for s in streams.values()}) == 1 and "heartrate" in streams)
check("streams indoors", lambda: "latlng" not in c.get_activity_streams(indoors["id"], types=keys))
check("no streams by hand", lambda: raises(exc.ObjectNotFound, lambda: c.get_activity_streams(by_hand["id"], types=keys)))
check("gear", lambda: c.get_gear(athlete.shoes[0].id).brand_name)
made = check("create by hand", lambda: c.create_activity("By hand", "2026-01-05T07:00:00Z", 1800, sport_type="Run", distance=5000))
check("not found", lambda: raises(exc.ObjectNotFound, lambda: c.get_activity(1)))

# Webhooks.
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
hook = f"http://127.0.0.1:{server.server_port}/hook"
subscription = check("subscribe", lambda: c.create_subscription(1, "secret", hook, "token"))
check("one subscription", lambda: [s.id for s in c.list_subscriptions(1, "secret")] == [subscription.id])
added = control("POST", f"/athletes/{me}/activities", {"name": "New"})["id"]
for _ in range(200):
    if Hook.heard:
        break
    threading.Event().wait(0.02)
check("an event", lambda: Hook.heard[0].object_id == added and Hook.heard[0].aspect_type == "create")
check("unsubscribe", lambda: c.delete_subscription(subscription.id, 1, "secret") is None)
check("no subscription", lambda: list(c.list_subscriptions(1, "secret")) == [])

# Errors.
rates = get_rates_from_response_headers(requests.get(f"{SIM}/api/v3/athlete", headers={"authorization": f"Bearer {c.access_token}"}).headers, "GET")
check("rates", lambda: rates.short_limit == 100 and rates.long_limit == 1000 and 0 < rates.short_usage < 100)
control("PATCH", "/faults", {"inactive": True})
check("inactive application", lambda: raises(exc.ApplicationInactive, c.get_athlete))
control("PATCH", "/faults", {"inactive": False, "broken_activities": [run["id"]]})
check("broken activity", lambda: raises(exc.Fault, lambda: c.get_activity(run["id"])))
control("PATCH", "/faults", {"broken_activities": []})
control("POST", "/usage/exhaust", {"window": "short"})
check("too many requests", lambda: "429" in str(raises(exc.Fault, c.get_athlete)))
control("POST", "/clock", {"advance_s": 900})
check("and a quarter of an hour later", lambda: c.get_athlete().id == me)
narrow = client(client().exchange_code_for_token(1, "secret", consent(["read"], me))["access_token"])
check("a scope is missing", lambda: raises(exc.AccessUnauthorized, lambda: list(narrow.get_activities())))
check("summary athlete only", lambda: narrow.get_athlete().shoes is None)
check("deauthorize", lambda: narrow.deauthorize() is None)
check("revoked", lambda: raises(exc.AccessUnauthorized, narrow.get_athlete))

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
