"""The sentences that the exam page's script says; the page carries them as data, in the reader's language.

A figure stands in braces: the script fills it in.
"""

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return every sentence by the key under which the script asks for it."""
    return {**_questions(), **_interactions(), **_files(), **_keeping(), **_pages(), **_ends(), **_room()}


def _questions() -> dict[str, str]:
    return {
        "true": _("正确"),
        "false": _("错误"),
        "chosen": _("已选"),
        "option": _("选项 {letter}："),
        "question_before": _("第 "),
        "question_after": _(" 题"),
        "question": _("第 {n} 题"),
        "points": _("{n} 分"),
        "type_single": _("单项选择"),
        "type_multiple": _("多项选择"),
        "type_true_false": _("判断"),
        "type_fill_in": _("填空"),
        "type_essay": _("论述"),
        "options_of": _("第 {n} 题选项"),
        "gap": _("（{n}）"),
        "blank": _("第 {n} 空"),
        "written": _("已写 {n} 字"),
        "shared": _("第 {first}–{last} 题共用"),
        "fold": _("收起"),
        "unfold": _("展开"),
        "foot": _("第 {n} 题，共 {total} 题·还有 {open} 题未作答"),
        "flag": _("标记"),
        "flagged": _("已标记"),
        "next": _("下一题"),
        "check": _("检查交卷"),
        "layout_one": _("改为逐题显示"),
        "layout_section": _("改为整部分显示"),
        "keys_on": _("打开快捷键"),
        "keys_off": _("关闭快捷键"),
        "answered_of": _("已答 {answered}/{total}"),
        "cell_saved": _("已存服务器"),
        "cell_local": _("暂存本机"),
        "cell_open": _("未作答"),
        "cell_flagged": _("已标记"),
        "cell_current": _("当前题"),
        "comma": _("，"),
    }


def _interactions() -> dict[str, str]:
    return {
        "type_inline_choice": _("选择填空"),
        "type_match": _("连线"),
        "type_order": _("排序"),
        "type_hottext": _("选句"),
        "type_gap_match": _("拖词填空"),
        "type_hotspot": _("图上选区"),
        "type_slider": _("数值"),
        "none_chosen": _("（未选）"),
        "selects_how": _("在文中每个空的列表里选一项。"),
        "gaps_how": _("在文中每个空的列表里选一个词，每个词最多用 {n} 次；有的词用不上。"),
        "gaps_how_any": _("在文中每个空的列表里选一个词，同一个词可以多次使用。"),
        "marks_how": _("最多选 {n} 处。要改选，先取消已选的。"),
        "marks_how_any": _("可以选多处。"),
        "order_how": _("逐项放入下面的顺序，再用上移、下移调整。"),
        "order_open": _("还没有放入顺序"),
        "order_put": _("放入"),
        "order_in": _("放入顺序：{option}"),
        "order_up": _("上移：{option}"),
        "order_down": _("下移：{option}"),
        "order_out": _("移出顺序：{option}"),
        "order_at": _("{option}，现在是第 {n} 项"),
        "order_taken_out": _("已移出：{option}"),
        "number": _("数值"),
        "slider": _("用滑块设置数值"),
        "slider_how": _("从 {lower} 到 {upper}，步长 {step}。可以直接输入，也可以拖动滑块。"),
        "slider_wrong": _("应为 {lower} 到 {upper} 之间的数，现在的内容没有保存为作答。"),
        "spots_how": _("点图上的位置，或添加一点后输入坐标（像素）；最多 {n} 点。"),
        "spots_how_any": _("点图上的位置，或添加一点后输入坐标（像素）。"),
        "spot_add": _("添加一点"),
        "spot_out": _("删除第 {n} 点"),
        "spot_x": _("第 {n} 点距左边的像素"),
        "spot_y": _("第 {n} 点距上边的像素"),
    }


def _files() -> dict[str, str]:
    return {
        "type_upload": _("上传文件"),
        "enum_comma": _("、"),
        "file_how": _("可以上传 {kinds} 文件，不超过 {most} MB。只交一个文件，重新选择即替换。"),
        "file_choose": _("选择文件"),
        "file_replace": _("更换文件"),
        "file_open": _("打开"),
        "file_remove": _("移除"),
        "file_remove_long": _("移除文件 {name}"),
        "file_stop": _("取消上传"),
        "file_stop_long": _("取消上传 {name}"),
        "file_progress": _("上传进度"),
        "file_until": _("新文件传完之前，以这个为准"),
        "file_waits": _("尚未上传，排队中"),
        "file_again": _("尚未上传，连接不畅，会自动重试；请不要关闭本页"),
        "file_sending": _("尚未上传完，已传 {n}%"),
        "file_checking": _("已传完，等服务器核对"),
        "file_kind": _("“{name}”不是本题可以上传的文件。可以上传：{kinds}。"),
        "file_large": _("“{name}”有 {size}，超过 {most} MB，没有上传。请压缩或另存为较小的文件。"),
        "file_empty": _("“{name}”是空文件，没有上传。"),
        "file_unreadable": _("读不出这个文件，没有上传。请确认它没有被移动或被其他程序占用，再选一次。"),
        "file_refused": _("服务器没有接受这个文件，请换一个。"),
        "file_line": _("第 {n} 题：{name}"),
        "file_line_waits": _("第 {n} 题：{name}（尚未上传）"),
        "save_upload": _("尚未上传"),
        "hand_in_files": _("还有 {n} 个文件没有传到服务器。现在交卷会先等它们传完；不想等，请返回取消上传。"),
    }


def _keeping() -> dict[str, str]:
    return {
        "save_typing": _("输入中，停顿后自动保存"),
        "save_sending": _("正在保存"),
        "save_local": _("暂存本机"),
        "save_saved": _("已存服务器"),
        "save_cleared": _("已清除，已存服务器"),
        "save_refused": _("服务器未接受，请修改"),
        "conn_saved": _("{n} 题已存服务器"),
        "conn_local": _("{n} 题暂存本机"),
        "conn_sending": _("{n} 题待保存"),
        "conn_offline": _("网络中断，可继续作答："),
        "conn_offline_brief": _("网络中断："),
        "conn_server": _("服务器暂时不能保存，会自动重发："),
        "conn_server_brief": _("服务器暂不能保存："),
        "conn_busy": _("服务器忙，会自动重发："),
        "conn_busy_brief": _("服务器忙："),
        "conn_token": _("应试凭证失效，请刷新本页，已写内容都在本机："),
        "conn_token_brief": _("凭证失效，请刷新："),
        "restored": _("连接已恢复"),
        "refused": _("第 {n} 题的内容服务器没有接受：{detail}"),
        "storage_missing": _(
            "本浏览器不能在本机暂存作答。作答仍会直接送往服务器，但断网时不要关闭或刷新本页，并请告诉监考。"
        ),
        "storage_full": _(
            "本机存储空间已满，不能再暂存作答。作答仍会直接送往服务器，请不要关闭或刷新本页，并请告诉监考。"
        ),
        "clock_hide": _("隐藏"),
        "clock_show": _("显示"),
        "clock_hide_long": _("隐藏剩余时间"),
        "clock_show_long": _("显示剩余时间"),
        "minutes_left": _("离考试结束还有 {n} 分钟"),
        "extended": _("考试时间延长了 {by}，结束时间改为 {at}。"),
        "shortened": _("考试时间缩短了 {by}，结束时间改为 {at}。"),
        "ends_at": _("{message}；结束时间改为 {at}。"),
        "span_seconds": _("{n} 秒"),
        "span_minutes": _("{n} 分钟"),
        "span_hours": _("{hours} 小时 {minutes} 分钟"),
        "span_days": _("{days} 天 {hours} 小时"),
    }


def _pages() -> dict[str, str]:
    return {
        "whole_paper": _("全卷"),
        "go_to": _("回到第 {n} 题"),
        "confirm_open": _("还有 {n} 题没有作答。交卷后不能再作答，也不能修改。"),
        "confirm_all": _("{n} 题全部作答。交卷后不能再修改。"),
        "handing_in": _("全部作答已存服务器，正在交卷。"),
        "handing_in_local": _("还有 {n} 题的作答正在送往服务器，送到后自动交卷。网络中断时请不要关闭本页。"),
        "receipt_answered": _("{answered} 题，共 {total} 题"),
        "receipt_records": _("{records} 条，全部已存服务器"),
        "other_tab": _("考试已在另一个标签页打开"),
        "other_tab_text": _("同一场考试只在一个标签页里作答。已写的内容没有丢失，另一个标签页可以接着写。"),
        "answer_here": _("改在本页作答"),
        "sign_in": _("请重新登录以继续，已写内容都在本机"),
        "sign_in_text": _(
            "登录已过期，考试没有中断。登录后自动回到原来的题目，尚未送达的作答会接着送往服务器。"
        ),
        "sign_in_action": _("重新登录"),
        "to_mine": _("返回我的考试"),
        "cannot_open": _("现在不能进入考试"),
        "moved": _("已在另一台设备上继续"),
        "moved_text": _("本机不能再作答。请在新的设备上继续；如果不是您本人操作，请立即告诉监考。"),
        "moved_kept": _("{n} 题的改动没有送达服务器，保留在本机，不会删除。请告诉监考。"),
        "continue_here": _("改回本机继续（需要接管码）"),
        "code_format": _("接管码是 6 位数字。"),
    }


def _ends() -> dict[str, str]:
    return {
        "time_up": _("考试时间到"),
        "time_up_text": _("不能再作答。已存服务器的作答照常计分。"),
        "fact_saved": _("{n} 题已存服务器"),
        "fact_local": _("{n} 题暂存本机，正在继续送往服务器，请不要关闭本页"),
        "fact_trying": _(
            "截止前已向服务器报过、在宽限时间内送到的作答照常有效；其余会完整保留，由两名工作人员核定是否计入"
        ),
        "fact_late": _("{n} 次改动在截止后才送到，已保留，是否计入由两名工作人员核定"),
        "end_submitted": _("已交卷"),
        "end_submitted_text": _("本场考试已经交卷，不能再作答。"),
        "end_expired": _("考试时间到，考试已结束"),
        "end_expired_text": _("全部作答已送达服务器，不需要再做什么。"),
        "end_closed": _("考试已结束"),
        "end_closed_text": _("监考结束了本场考试。全部作答已送达服务器，不需要再做什么。"),
        "end_kept": _("服务器不再接收本场考试的作答。没有送到的内容保留在本机，不会删除，请立即告诉监考。"),
        "leftover": _("考试已结束，本机还有没送到的作答"),
        "leftover_text": _("正在把它们送往服务器，请不要关闭本页。"),
        "leftover_sent": _("{n} 题的作答已送到服务器"),
        "leftover_late": _("其中有在截止后才送到的，已保留，是否计入由两名工作人员核定"),
        "leftover_counted": _("全部按时有效"),
        "leftover_refused": _("{n} 题的作答服务器没有接受，仍保留在本机，请告诉监考"),
    }


def _room() -> dict[str, str]:
    return {
        "opening": _("正在打开试卷，请稍候。"),
        "open_offline": _("暂时连不上服务器，正在重试。请不要关闭本页，并告诉监考。"),
        "open_busy": _("服务器正忙，正在重试。请不要关闭本页。"),
        "check_connection_ok": _("与服务器连接正常，往返 {n} 毫秒"),
        "check_connection_bad": _("连不上服务器，正在重试；请检查网线或无线网，并告诉监考"),
        "check_clock_ok": _("时间以服务器为准，与本机一致"),
        "check_clock_fast": _("本机时钟快了 {by}；不影响考试，时间以服务器为准"),
        "check_clock_slow": _("本机时钟慢了 {by}；不影响考试，时间以服务器为准"),
        "check_storage_ok": _("断网时可以在本机暂存作答"),
        "check_storage_low": _("本机剩余空间只有 {n} MB，请告诉监考"),
        "check_storage_bad": _("本浏览器不能暂存作答：请不要使用无痕窗口，或换一台设备"),
    }
