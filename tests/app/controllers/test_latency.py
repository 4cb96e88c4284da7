from app.controllers.latency import LatencyLog


def test_percentiles_are_of_values_that_happened():
    log = LatencyLog()
    for milliseconds in range(1, 101):
        log.add(milliseconds / 1000)

    assert log.last_s == 0.1
    assert log.percentile_s(50) == 0.05
    assert log.percentile_s(95) == 0.095


def test_one_click_is_its_own_median_and_none_has_none():
    log = LatencyLog()
    assert log.percentile_s(50) is None
    log.add(0.2)

    assert log.percentile_s(50) == log.percentile_s(95) == 0.2


def test_another_case_has_no_last_click_yet_and_the_usual_stays():
    log = LatencyLog()
    log.add(0.2)
    log.begin_case()
    assert log.last_s is None
    assert log.percentile_s(50) == 0.2
    log.add(0.3)
    assert log.last_s == 0.3
