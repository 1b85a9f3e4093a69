from __future__ import annotations

import pytest

TEXT = "url,output_language,note\nu,French,{}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("word", ["plain", "Zoë ñandú", "日本語", "😀 مرحبا"])
def test_unicode_needs_no_guess(opened, encoding, word):
    manifest = opened("s.csv", TEXT.format(word).encode(encoding))

    assert next(iter(manifest.rows())).cells == ("u", "French", word)
    assert manifest.columns[0] == "url"
    assert manifest.notes == ()


def test_western_text_without_a_mark_is_cp1252_and_the_guess_is_shown(opened):
    manifest = opened("s.csv", TEXT.format("café – “déjà vu” 5 €").encode("cp1252"))

    assert next(iter(manifest.rows())).cells[2] == "café – “déjà vu” 5 €"
    assert manifest.notes == (
        'read as cp1252, which is a guess: "u,French,café – “déjà vu” 5 €". If that looks wrong, name it by --encoding.',
    )


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("shift_jis", "これは日本語の文章です。動画を翻訳してください。よろしくお願いします。"),
        ("gb18030", "这是一个中文句子,我们需要翻译这个视频。谢谢大家的帮助和支持。"),
        ("cp1251", "Это русский текст, который нужно перевести на другой язык как можно скорее."),
    ],
)
def test_another_script_is_read_where_it_is_certain(opened, encoding, words):
    manifest = opened("s.csv", TEXT.format(f'"{words}"').encode(encoding))

    assert next(iter(manifest.rows())).cells[2] == words


def test_the_user_knows_best(opened):
    manifest = opened("s.csv", TEXT.format("Łódź").encode("cp1250"), encoding="cp1250")

    assert next(iter(manifest.rows())).cells[2] == "Łódź"


@pytest.mark.parametrize(
    ("data", "encoding", "problem"),
    [
        (b"url\nx\n", "utf-99", 's.csv: No encoding is called "utf-99". Write one such as utf-8, cp1252 or utf-16.'),
        (
            "url\na\ncafé\n".encode("cp1252"),
            "utf-8",
            "s.csv: Line 3 is not utf-8 text. Save it as CSV UTF-8, or name its encoding with --encoding.",
        ),
        (
            "url\ncafé\nñandú\n".encode() + "é\n".encode("cp1252"),
            None,
            (
                "s.csv: Line 4 holds letters that are not UTF-8, though the rest is. "
                "Repair that line, or name the encoding with --encoding."
            ),
        ),
    ],
)
def test_text_that_cannot_be_read_is_told_at_its_line(told, data, encoding, problem):
    assert told("s.csv", data, encoding=encoding) == [problem]
