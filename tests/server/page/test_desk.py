"""What surrounds the keys: the card, always and never, filters, what stands beside, profiles, the library, exports."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.formats.packages.samples import FILES, list_texts
from tests.server.conftest import WIRE
from tests.server.page.conftest import Desk, change_first_proposal, put, saved, stored, sync_api, working_text

MT = "The price rose to 2,5 million rubles."
WRAPPED = {
    "wire.txt": MT,
    "wire.md": f"# Prices\n\n{MT}\n",
    "wire.mdx": f"<Note>\n{MT}\n</Note>\n",
    "wire.adoc": f"= Prices\n\n{MT}\n",
    "wire.html": f"<!doctype html><title>Prices</title><p>{MT}</p>",
    "wire.newsml": f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>{MT}</p></body></html></inlineXML></contentSet></newsItem>',
    "wire.nitf": f"<nitf><body><body.content><p>{MT}</p></body.content></body></nitf>",
    "wire.ninjs": f'{{"uri": "urn:1", "body_text": "{MT}"}}',
    "wire.rss": f'<rss version="2.0"><channel><title>News</title><item><title>Prices</title><description>{MT}</description></item></channel></rss>',
    "wire.xml": f"<nitf><body><body.content><p>{MT}</p></body.content></body></nitf>",
    "wire.jsonl": f'{{"text": "{MT}"}}\n',
    "wire.csv": f'id,text\n1,"{MT}"\n',
    "wire.tsv": f"id\ttext\n1\t{MT}\n",
    "wire.xlf": f'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" source-language="ru" target-language="en" datatype="plaintext"><body><trans-unit id="1"><source>Цена выросла до 2,5 миллиона рублей.</source><target>{MT}</target></trans-unit></body></file></xliff>',
    "wire.tmx": f'<tmx version="1.4"><header srclang="ru"/><body><tu><tuv xml:lang="ru"><seg>Цена выросла до 2,5 миллиона рублей.</seg></tuv><tuv xml:lang="en"><seg>{MT}</seg></tuv></tu></body></tmx>',
    "wire.po": f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: en\\n"\n\nmsgid "Цена выросла до 2,5 миллиона рублей."\nmsgstr "{MT}"\n',
    "wire.srt": f"1\n00:00:01,000 --> 00:00:04,000\n{MT}\n",
    "wire.vtt": f"WEBVTT\n\n00:01.000 --> 00:04.000\n{MT}\n",
    "wire.ass": "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, "
    f"Effect, Text\nDialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,{MT}\n",
    "wire.ttml": '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>'
    f'<p begin="00:00:01.000" end="00:00:04.000">{MT}</p></div></body></tt>',
}


def make_docx() -> bytes:
    docx = pytest.importorskip("docx", reason="python-docx makes the document")
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph(MT)
    document.save(buffer)
    return buffer.getvalue()


def make_parquet() -> bytes:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow makes the table")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow makes the table")
    buffer = io.BytesIO()
    parquet.write_table(arrow.table({"text": [MT]}), buffer)
    return buffer.getvalue()


def drop(page: Any, *files: tuple[str, bytes]) -> None:
    """Drop files anywhere on the page, as from a file manager."""
    page.evaluate(
        "(files) => { const held = new DataTransfer(); for (const [name, data] of files) held.items.add("
        " new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));"
        " for (const kind of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true })); }",
        [[name, base64.b64encode(data).decode()] for name, data in files],
    )


def test_the_card_says_why_who_and_how_sure(page: Any, desk: Desk) -> None:
    put(page, desk)
    card = page.locator("#card")
    assert "1 of 4" in card.inner_text()
    assert "RU_THOUSAND" in card.inner_text() or "RU_" in card.inner_text()
    assert "Sure: RU_" in card.inner_text()
    page.keyboard.press("j")
    assert "Unsure: " in card.inner_text()
    assert page.locator("#live").inner_text()


def test_the_card_of_an_edit_of_the_model(page: Any, desk: Desk) -> None:
    change_first_proposal(
        page, by="model:small@1", rules=["model:small@1"], confidence=0.9, sure="the model, quite sure"
    )
    put(page, desk)
    assert "The model, quite sure (90%)" in page.locator("#card").inner_text()
    page.get_by_role("button", name="Never write this").click()
    page.wait_for_selector("#told >> text=from now on")
    saved(page)
    assert {"before": "2,5 thousand", "after": "2,500", "verdict": "never"} in page.request.get(
        f"{desk.address}/api/v1/phrases"
    ).json()
    page.get_by_role("button", name="Take back").click()
    page.wait_for_selector("#told >> text=Taken back")
    assert page.request.get(f"{desk.address}/api/v1/phrases").json() == []


def test_always_and_never_hold_and_are_taken_back(page: Any, desk: Desk) -> None:
    put(page, desk)
    page.locator("#f-rule").select_option("RU_NUMERIC_DATE")
    page.get_by_role("button", name="Never", exact=True).click()
    page.wait_for_selector("#told >> text=RU_NUMERIC_DATE is off from now on")
    assert "05.06.2020" in working_text(page)
    saved(page)
    put(page, desk)
    assert page.locator(".prop").count() == 3
    page.keyboard.press("j")
    page.get_by_role("button", name="Always", exact=True).click()
    page.wait_for_selector("#told >> text=accepted from now on")
    page.get_by_role("link", name="All of these").click()
    page.wait_for_selector("#wishes li")
    assert page.locator("#wishes li").count() == 2
    page.get_by_role("button", name="Take back: never RU_NUMERIC_DATE").click()
    page.wait_for_selector("#say >> text=as usual again")
    put(page, desk)
    assert page.locator(".prop").count() == 4
    assert page.locator(".prop.accepted").count() == 1  # accepted from now on
    page.goto(desk.address + "/standing")
    page.get_by_role("button", name="Take back").click()
    page.wait_for_selector("#none:not([hidden])")


def test_undo_takes_back_what_holds_from_now_on(page: Any, desk: Desk) -> None:
    put(page, desk)
    page.get_by_role("button", name="Never", exact=True).click()
    page.wait_for_selector("#told >> text=off from now on")
    page.locator("body").click(position={"x": 2, "y": 300})
    page.keyboard.press("u")
    page.wait_for_selector("#told >> text=Taken back")
    assert page.request.get(f"{desk.address}/api/v1/preferences").json() == {}
    assert page.locator(".prop.rejected").count() == 0


def test_my_own_words_are_written_always(page: Any, desk: Desk) -> None:
    put(page, desk)
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.keyboard.type("according to the ministry")
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    page.get_by_role("button", name="Always write this").click()
    page.wait_for_selector("#told >> text=from now on")
    put(page, desk)
    assert "square, according to the ministry" in working_text(page)
    page.request.put(
        f"{desk.address}/api/v1/phrases",
        data={"before": "reported in the ministry", "after": "according to the ministry", "verdict": ""},
    )


def test_never_here_is_listed_and_taken_back(page: Any, desk: Desk) -> None:
    id = put(page, desk)
    page.locator("#f-rule").select_option("RU_NUMERIC_DATE")
    page.locator("#f-rule").evaluate("(box) => box.blur()")
    page.keyboard.press("Shift+H")
    saved(page)
    page.locator("#profile").select_option("bbc")
    page.wait_for_selector("#told >> text=Profile bbc", timeout=240_000)  # its rules compile first
    assert "05.06.2020" in working_text(page)
    assert "05.06.2020" in page.request.get(f"{desk.address}/api/v1/documents/{id}/export?to=text").text()
    page.get_by_role("button", name="Take back: RU_NUMERIC_DATE is off in this document").click()
    saved(page)
    assert "5 June 2020" in working_text(page)
    assert page.locator("#off").is_hidden()


def test_filters(page: Any, desk: Desk) -> None:
    put(page, desk)
    count = page.locator("#count")
    for box, value, number in (
        ("f-tier", "suggest", 1),
        ("f-tier", "auto", 3),
        ("f-rule", "RU_NUMERIC_DATE", 1),
        ("f-sure", "sure", 3),
        ("f-state", "decided", 0),
    ):
        page.locator("#" + box).select_option(value)
        assert count.inner_text().startswith(f"{number} of 4"), (box, value)
        page.locator("#" + box).select_option("")
    page.locator("#f-tier").select_option("suggest")
    page.locator("#f-tier").evaluate("(box) => box.blur()")
    page.keyboard.press("a")
    assert page.locator(".prop.accepted").count() == 1
    assert "3 undecided" in count.inner_text()


def test_what_came_and_the_source_stand_beside(page: Any, desk: Desk) -> None:
    put(page, desk)
    assert page.locator("#beside option[value=source]").is_disabled()
    page.locator("#beside").select_option("mt")
    assert "2,5 million rubles on 05.06.2020" in page.locator(".other").nth(1).inner_text()
    put(page, desk, source="МИНСК, 5 мая. На площадь пришли 2,5 тысячи человек.\n\nЦена выросла до 2,5 млн.")
    page.locator("#beside").select_option("source")
    assert [p.strip()[:5] for p in page.locator(".other").all_inner_texts()] == ["МИНСК", "Цена "]


def test_a_retyped_sentence_is_checked_and_mended(page: Any, desk: Desk) -> None:
    put(page, desk)
    page.keyboard.press("s")
    page.keyboard.type("It cost 3,5 million rubles.")
    page.wait_for_selector("#card ins >> text=3.5")
    page.get_by_role("button", name="Take what mtfix would write").click()
    page.wait_for_selector("#card >> text=nothing to say")
    page.locator("#writing").press("Enter")
    saved(page)
    assert "It cost 3.5 million rubles." in working_text(page)


def test_another_profile_shows_its_effect_at_once(page: Any, desk: Desk) -> None:
    put(page, desk)
    page.keyboard.press("r")
    page.locator("#profile").select_option("bbc")
    page.wait_for_selector(
        "#told >> text=Profile bbc: 2 sentences read differently; 6 proposals, 4 before", timeout=240_000
    )
    assert "5 June 2020" in working_text(page)
    assert page.locator(".sentence.fresh").count() == 2
    assert page.locator(".prop.rejected").count() == 1  # what was decided stays


@pytest.mark.parametrize("name", [*WRAPPED, *FILES, "wire.jsonl.gz", "wire.docx", "wire.parquet"])
def test_every_format_is_dropped_and_comes_back(page: Any, desk: Desk, name: str) -> None:
    made: dict[str, Callable[[], bytes]] = {"wire.docx": make_docx, "wire.parquet": make_parquet}
    data = made[name]() if name in made else FILES.get(name) or WRAPPED.get(name, "").encode()
    if name.endswith(".gz"):
        data = gzip.compress(WRAPPED[name.removesuffix(".gz")].encode())
    page.goto(desk.address)
    drop(page, (name, data))
    page.wait_for_url("**/documents/*")
    page.wait_for_selector("#wire .prop")
    assert "2.5 million" in working_text(page)
    with page.expect_download() as download:
        page.locator("#export").select_option("original")
    assert download.value.suggested_filename == name
    content = Path(download.value.path()).read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    elif name in FILES:
        content = list_texts(content, name.partition(".")[2])[0].encode()
    elif name.endswith(".docx"):
        content = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    assert b"2.5" in content or name.endswith(".parquet")


def test_the_formats_that_are_dropped_are_all_there_are() -> None:
    from mtfix.formats.registry import FORMATS, find_format

    tried = {find_format(path=name).name for name in (*WRAPPED, *FILES, "wire.jsonl.gz", "wire.docx", "wire.parquet")}
    same = {"csv.gz", "tsv.gz"}  # as jsonl.gz
    assert {f.name for f in FORMATS} <= tried | same


def test_several_files_and_a_bad_one(page: Any, desk: Desk) -> None:
    page.goto(desk.address)
    drop(page, ("one-of-many.txt", MT.encode()), ("two-of-many.txt", MT.encode()), ("bad.docx", b"PK nonsense"))
    page.wait_for_selector("#say >> text=bad.docx")
    page.locator("#search").fill("of-many")
    sync_api.expect(page.locator("#documents li")).to_have_count(2)
    page.locator("#documents a").first.click()
    page.wait_for_selector("#wire .sentence")
    drop(page, ("dropped-on-the-desk.txt", MT.encode()))
    page.wait_for_selector(".name >> text=dropped-on-the-desk.txt")


def test_the_library_is_searched_sorted_by_state_and_cleared(page: Any, desk: Desk) -> None:
    id = put(page, desk, "A zebra was seen on 05.06.2020.", name="zebra-one.txt")
    put(page, desk, "Another zebra.", name="zebra-two.txt")
    page.goto(f"{desk.address}/documents/{id}")
    page.wait_for_selector("#wire .sentence")
    page.keyboard.press("a")
    saved(page)
    page.goto(desk.address)
    page.locator("#search").fill("ZEBRA")
    sync_api.expect(page.locator("#documents li")).to_have_count(2)
    page.locator("#state").select_option("work")
    sync_api.expect(page.locator("#documents li")).to_have_count(1)
    assert "in work" in page.locator("#documents li").inner_text()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete zebra-one.txt").click()
    page.wait_for_selector("#none:not([hidden])")
    assert page.request.get(f"{desk.address}/api/v1/documents/{id}").status == 404


@pytest.mark.parametrize("to", ["original", "text", "html", "docx", "tracked", "report", "json", "decisions"])
def test_every_export_is_downloaded(page: Any, desk: Desk, to: str) -> None:
    put(page, desk, WIRE, name="wire.txt")
    with page.expect_download() as download:
        page.locator("#export").select_option(to)
    content = Path(download.value.path()).read_bytes()
    if to in ("docx", "tracked"):
        body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
        assert ("<w:ins " in body) == (to == "tracked")
        content = body.encode()
    assert b"June 5, 2020" in content


def test_the_decisions_of_many_keys_reach_the_server(page: Any, desk: Desk) -> None:
    id = put(page, desk)
    for key in ("a", "r", "u", "a", "k", "k", "r", "j", "j", "Shift+R"):
        page.keyboard.press(key)
    saved(page)
    shown = page.evaluate("[...document.querySelectorAll('.prop')].map((p) => p.className.split(' ')[1])")
    said = {d["proposal"]: d["verdict"] + "ed" for d in stored(page, desk, id)["decisions"]}
    ids = [p["id"] for p in stored(page, desk, id)["parts"][0]["proposals"]]
    assert [said.get(i, "open") for i in ids] == shown
