"""Cut networks, reloads, other devices, other tabs, expired sign-ins: nothing that was typed is lost."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.exams.engine.factories import PASSWORD
from tests.journeys.exam_room import ExamRoom, Plan, Stored
from tests.journeys.test_exam_sitting import hand_in, options_of, pick, saved
from tiejun.exams.models import Standing


def kept_here(page: Page) -> list[tuple[int, int, object]]:
    """Return what this browser's queue holds."""
    return page.evaluate(
        """async () => {
            const db = await new Promise((resolve) => {
                const request = indexedDB.open("tiejun-exam");
                request.onsuccess = () => resolve(request.result);
            });
            const all = db.transaction("events").objectStore("events").getAll();
            const events = await new Promise((resolve) => { all.onsuccess = () => resolve(all.result); });
            return events.map((event) => [event.seq, event.slot, event.value]);
        }"""
    )


def go(page: Page, slot: int) -> None:
    page.locator(f"button[data-go='{slot}']").click()


def test_answers_given_while_the_network_is_cut_reach_the_server_event_by_event(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)
    pick(page, "正确")
    saved(page, 1)

    context.set_offline(True)
    pick(page, "错误")
    go(page, 4)
    page.locator(".tj-opt").nth(0).click()
    page.locator(".tj-opt").nth(3).click()
    go(page, 15)
    page.locator("#essay-15").fill("断网时写下的内容。")
    expect(page.locator("#conn-words")).to_contain_text(
        "网络中断，可继续作答：0 题已存服务器，3 题暂存本机", use_inner_text=True
    )
    go(page, 1)
    expect(page.locator("#save-1")).to_contain_text("暂存本机")
    expect(page.locator("button[data-go='4']")).to_have_class(re.compile("tj-local"))
    assert [event.value for event in room.events()] == [True]

    context.set_offline(False)
    saved(page, 3)

    first, last = options_of(room, 4)[0], options_of(room, 4)[3]
    assert room.events() == [
        Stored(1, 1, True),
        Stored(2, 1, False),
        Stored(3, 4, first),
        Stored(4, 4, last),
        Stored(5, 15, "断网时写下的内容。"),
    ]
    assert kept_here(page) == []


def test_a_reload_after_the_network_came_back_sends_what_was_kept(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/events", lambda route: route.abort())
    go(page, 5)
    page.locator(".tj-opt").nth(2).click()
    page.keyboard.press("f")
    go(page, 11)
    page.get_by_label("第 1 空").fill("十五")
    go(page, 15)
    page.locator("#essay-15").press_sequentially("正在写的一句")
    assert room.events() == []

    page.unroute("**/events")
    page.reload()

    expect(page.locator("#essay-15")).to_have_value("正在写的一句")
    saved(page, 3)
    assert room.responses() == {5: options_of(room, 5)[2], 11: ["十五", ""], 15: "正在写的一句"}
    assert [event.seq for event in room.events()] == [1, 2, 3]
    expect(page.locator("button[data-go='5']")).to_have_attribute("aria-label", re.compile("已标记"))


def test_a_reload_right_before_the_cut_continues_the_numbers(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)
    pick(page, "正确")
    go(page, 15)
    page.locator("#essay-15").press_sequentially("没有等到两秒")

    page.reload()
    expect(page.locator("#essay-15")).to_have_value("没有等到两秒")
    context.set_offline(True)
    page.locator("#essay-15").press_sequentially("，断网以后")
    go(page, 2)
    pick(page, "错误")
    context.set_offline(False)
    saved(page, 3)

    assert [event.seq for event in room.events()] == list(range(1, len(room.events()) + 1))
    assert room.responses() == {1: True, 2: False, 15: "没有等到两秒，断网以后"}


def test_the_server_dies_and_comes_back_while_answers_are_given(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    pick(page, "正确")
    saved(page, 1)

    room.server.kill_worker()
    for slot in (2, 3):
        go(page, slot)
        pick(page, "错误")
    room.server.wait_until_ready()

    expect(page.locator("#conn-words")).to_have_text("3 题已存服务器")
    assert room.responses() == {1: True, 2: False, 3: False}


def test_a_second_device_goes_on_with_the_invigilators_code(exam_room, contexts):
    room = exam_room()
    first = room.sit_down(contexts.new())
    pick(first, "正确")
    saved(first, 1)

    second = contexts.new().new_page()
    room.sign_in(second)
    expect(second.locator("#code-box")).to_be_visible()
    second.locator("#code").fill("12 34")
    second.get_by_role("button", name="在本机继续").click()
    expect(second.locator("#code-problem")).to_have_text("接管码是 6 位数字。")
    code = room.takeover_code()
    second.locator("#code").fill("000000" if code != "000000" else "000001")
    second.get_by_role("button", name="在本机继续").click()
    expect(second.locator("#code-problem")).to_contain_text("接管码不正确")
    second.locator("#code").fill(code)
    second.get_by_role("button", name="在本机继续").click()
    expect(second.locator("#q-1")).to_be_visible()
    expect(second.locator(".tj-opt input").first).to_be_checked()
    go(second, 2)
    pick(second, "错误")
    saved(second, 2)

    go(first, 3)
    pick(first, "正确")
    expect(first.locator("#over-title")).to_have_text("已在另一台设备上继续")
    expect(first.locator("#over-facts")).to_contain_text("1 题的改动没有送达服务器，保留在本机")
    assert kept_here(first) == [[2, 3, True]]
    assert room.responses() == {1: True, 2: False}


def test_a_sign_in_that_expires_in_the_middle_does_not_touch_the_exam(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)

    room.end_sessions()
    pick(page, "正确")
    saved(page, 1)
    context.set_offline(True)
    go(page, 2)
    pick(page, "错误")
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate(
        "window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)"
    )
    context.set_offline(False)
    page.route("**/events", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("heading", name="请重新登录以继续，已写内容都在本机")).to_be_visible()

    page.unroute("**/events")
    page.get_by_role("link", name="重新登录").click()
    page.locator("#login").fill(room.login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("#q-2")).to_be_visible()
    saved(page, 2)

    assert room.responses() == {1: True, 2: False}


def test_a_second_tab_of_the_same_browser_takes_over_and_the_first_steps_back(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    first = room.sit_down(context)
    pick(first, "正确")
    saved(first, 1)
    go(first, 15)
    first.locator("#essay-15").press_sequentially("写到一半")

    second = context.new_page()
    second.goto(room.address)
    expect(first.locator("#over-title")).to_have_text("考试已在另一个标签页打开")
    expect(second.locator("button[data-go='1']")).to_have_class(re.compile("tj-saved"))
    go(second, 15)
    expect(second.locator("#essay-15")).to_have_value("写到一半")
    go(second, 2)
    pick(second, "错误")
    saved(second, 3)

    assert room.responses() == {1: True, 2: False, 15: "写到一半"}
    numbers = [event.seq for event in room.events()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_composing_chinese_sends_nothing_until_the_word_is_there(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    go(page, 15)
    essay = page.locator("#essay-15")
    essay.focus()
    input_method = contexts_input_method(page)

    input_method("Input.imeSetComposition", {"text": "zhi", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(2600)
    input_method("Input.imeSetComposition", {"text": "zhi fa", "selectionStart": 6, "selectionEnd": 6})
    assert room.events() == []
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tj.draft'))") == []
    input_method("Input.insertText", {"text": "执法"})
    expect(essay).to_have_value("执法")
    saved(page, 1)

    assert room.events() == [Stored(1, 15, "执法")]


def contexts_input_method(page: Page):
    """Return how to speak to the browser's input method, as a Chinese keyboard does."""
    return page.context.new_cdp_session(page).send


def test_the_time_is_up_while_the_network_is_cut(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)
    pick(page, "正确")
    saved(page, 1)
    room.time_left(timedelta(seconds=10))
    go(page, 2)
    pick(page, "错误")
    saved(page, 2)

    context.set_offline(True)
    go(page, 3)
    pick(page, "正确")
    expect(page.locator("#over-title")).to_have_text("考试时间到", timeout=40_000)
    expect(page.locator("#over-facts")).to_contain_text("2 题已存服务器")
    expect(page.locator("#over-facts")).to_contain_text("1 题暂存本机")
    context.set_offline(False)
    expect(page.locator("#over-title")).to_have_text("考试时间到，考试已结束")
    expect(page.locator("#over-facts")).to_contain_text("1 次改动在截止后才送到，已保留")

    assert room.responses() == {1: True, 2: False}
    assert [event.slot for event in room.events()] == [1, 2, 3]
    assert room.standings()[-1] == Standing.LATE
    assert kept_here(page) == []


def test_what_never_arrived_is_sent_after_the_end_when_the_page_is_opened_again(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/events", lambda route: route.abort())
    pick(page, "正确")
    expect(page.locator("#conn-words")).to_contain_text("1 题暂存本机")
    room.time_left(timedelta(milliseconds=50))
    page.wait_for_timeout(200)
    page.unroute("**/events")
    page.reload()

    expect(page.locator("#over-title")).to_have_text("考试已结束，本机还有没送到的作答")
    expect(page.locator("#over-facts")).to_contain_text("1 题的作答已送到服务器")
    expect(page.locator("#over-facts")).to_contain_text("是否计入由两名工作人员核定")
    assert room.standings() == [Standing.LATE]
    assert kept_here(page) == []


def test_more_time_is_told_and_the_clock_follows(exam_room, contexts):
    room = exam_room(Plan(duration=timedelta(minutes=20)))
    page = room.sit_down(contexts.new())
    room.extend(15, "停电")
    pick(page, "正确")

    expect(page.locator("#say-words")).to_contain_text("监考延长了考试时间15分钟，原因：停电")
    expect(page.locator("#left")).to_have_text(re.compile(r"^00:3[45]:"))


def test_an_attempt_that_the_invigilator_closes_says_so(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    pick(page, "正确")
    saved(page, 1)
    room.end_by_invigilator()
    go(page, 2)
    pick(page, "错误")

    expect(page.locator("#over-title")).to_have_text("考试已结束")
    expect(page.locator("#over-facts")).to_contain_text("1 次改动在截止后才送到")
    assert room.responses() == {1: True}


def test_a_server_that_cannot_save_is_named_and_asked_again(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    refusing = {"on": True}

    def answer(route):
        if not refusing["on"]:
            route.continue_()
            return
        route.fulfill(
            status=503,
            headers={"Retry-After": "1"},
            content_type="application/problem+json",
            body='{"status": 503, "code": "storage_unavailable", "detail": "系统暂时无法保存"}',
        )

    page.route("**/events", answer)
    pick(page, "正确")
    expect(page.locator("#conn-words")).to_contain_text(
        "服务器暂时不能保存，会自动重发：0 题已存服务器，1 题暂存本机", use_inner_text=True
    )
    refusing["on"] = False
    saved(page, 1)

    assert room.responses() == {1: True}


def test_a_full_disk_of_this_computer_is_told_and_the_exam_goes_on(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    context.add_init_script(
        """const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value) {
            if (this.name === "events") { throw new DOMException("full", "QuotaExceededError"); }
            return put.call(this, value);
        };"""
    )
    page = room.sit_down(context)
    pick(page, "正确")

    expect(page.locator("#say-words")).to_contain_text("本机存储空间已满")
    saved(page, 1)
    assert room.responses() == {1: True}


def test_a_browser_without_a_database_is_warned_before_the_start(exam_room, contexts):
    room: ExamRoom = exam_room(Plan(starts_in=timedelta(minutes=10)))
    context = contexts.new()
    context.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page = context.new_page()
    room.sign_in(page)

    expect(page.locator("#storage-warning")).to_contain_text("不能在本机暂存作答")
    expect(page.locator("#check-storage")).to_have_class(re.compile("tj-over"))


def test_leaving_with_unsent_answers_is_asked_back(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/events", lambda route: route.abort())
    pick(page, "正确")
    page.close(run_before_unload=True)

    page.wait_for_event("close", timeout=5000) if not page.is_closed() else None
    assert asked == ["beforeunload"]


def test_handing_in_while_cut_off_waits_for_the_network(exam_room, contexts):
    room = exam_room()
    context = contexts.new()
    page = room.sit_down(context)
    context.set_offline(True)
    pick(page, "正确")
    page.locator("#hand-in").click()
    page.get_by_role("button", name="交卷，下一步确认").click()
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator("#hand-in-waits")).to_contain_text("还有 1 题的作答正在送往服务器")
    assert room.attempt().submitted_at is None

    context.set_offline(False)
    expect(page.locator("#receipt-title")).to_be_visible(timeout=15_000)
    assert room.responses() == {1: True}


def test_after_handing_in_nothing_of_the_exam_stays_on_the_computer(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    pick(page, "正确")
    hand_in(page)

    assert kept_here(page) == []
    left = page.evaluate(
        """async () => {
            const db = await new Promise((resolve) => {
                const request = indexedDB.open("tiejun-exam");
                request.onsuccess = () => resolve(request.result);
            });
            const all = db.transaction("attempts").objectStore("attempts").getAll();
            return new Promise((resolve) => { all.onsuccess = () => resolve(all.result.length); });
        }"""
    )
    assert left == 0
