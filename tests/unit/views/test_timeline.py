from kubeface.views.canned import EVENTS, event
from kubeface.views.timeline import timeline

POD = "receiver-7d9c5b6f4-x2x9z"


def test_the_text_is_in_the_order_of_time_and_counts_what_repeats():
    assert repr(timeline(EVENTS)) == (
        "· Normal    ScalingReplicaSet   deployment/receiver     "
        "Scaled up replica set receiver-… from 0 to 3\n"
        "· Normal    Scheduled           pod/image-processor-…   Assigned to a node\n"
        "· Normal    Scheduled           pod/receiver-…          Assigned to a node  ×3\n"
        "· Normal    Started             pod/image-processor-…   Started container image-processor\n"
        "· Normal    Started             pod/receiver-…          Started container receiver  ×3\n"
        "▲ Warning   Unhealthy           pod/receiver-…          "
        "Readiness probe failed: dial tcp …: connect: connection refused  ×3\n"
        "▲ Warning   BackOff             pod/image-processor-…   Back-off restarting failed container  ×5"
    )


def test_the_order_in_which_events_arrive_does_not_matter():
    assert repr(timeline(reversed(EVENTS))) == repr(timeline(EVENTS))


def test_times_are_shown_when_asked_for_and_count_from_the_first_event():
    assert "+9 s" not in repr(timeline(EVENTS))
    assert [line.split("   ")[0].strip() for line in repr(timeline(EVENTS, times=True)).splitlines()] == (
        ["+0 s", "+1 s", "+1 s", "+3 s", "+3 s", "+9 s", "+15 s"]
    )


def test_events_of_one_second_stand_in_the_order_of_a_pods_life():
    told = [event(1, "Pod", POD, reason, reason) for reason in ("Started", "Created", "Pulled", "Scheduled")]
    reasons = [line.split()[2] for line in repr(timeline(told)).splitlines()]
    assert reasons == ["Scheduled", "Pulled", "Created", "Started"]


def test_a_warning_differs_in_shape_and_word():
    drawn = timeline([event(0, "Pod", POD, "BackOff", "it fell", type="Warning")])
    assert repr(drawn).startswith("▲ Warning")
    assert "▲\u00a0Warning" in drawn._repr_html_()


def test_only_what_is_asked_about_is_shown():
    assert len(repr(timeline(EVENTS, "pod/receiver")).splitlines()) == 3


def test_exact_shows_each_pod_with_its_hashes():
    assert len(repr(timeline(EVENTS, "pod/receiver", exact=True)).splitlines()) == 7
    assert POD in repr(timeline(EVENTS, exact=True))


def test_a_pull_is_told_without_its_duration_and_size():
    said = 'Successfully pulled image "a:v1" in 593ms (593ms including waiting). Image size: 12 bytes.'
    assert repr(timeline([event(0, "Pod", POD, "Pulled", said)])).endswith('Successfully pulled image "a:v1"')


def test_events_of_the_newer_sort_are_told_too():
    newer = event(0, "Pod", POD, "BackOff", "it fell") | {
        "firstTimestamp": None,
        "eventTime": "2026-01-05T10:00:00.123456Z",
        "series": {"count": 4},
    }
    assert repr(timeline([newer])).endswith("it fell  ×4")


def test_no_events_are_said():
    assert repr(timeline([])) == "(no events)"
