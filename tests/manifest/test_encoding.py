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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("word", ["plain", "这是一个中文句子,我们需要翻译这个视频。" * 20])
def test_unicode_without_a_mark_is_told_by_its_zeros(opened, encoding, word):
    manifest = opened("s.csv", TEXT.format(f'"{word}"').encode(encoding))

    assert next(iter(manifest.rows())).cells == ("u", "French", word)
    assert manifest.layout.encoding == encoding


@pytest.mark.parametrize("asked", ["utf-8", "UTF8", "utf-16", "utf-16-le"])
def test_a_mark_is_no_part_of_the_first_header_whoever_named_the_encoding(opened, asked):
    encoding = "utf-8" if "8" in asked else "utf-16-le"

    manifest = opened("s.csv", ("\ufeff" + TEXT.format("Zoë")).encode(encoding), encoding=asked)

    assert manifest.columns == ("url", "output_language", "note")
    assert (manifest.layout.encoding, manifest.layout.mark) == (encoding, True)


@pytest.mark.parametrize(
    "words", ["£100", "n° 5", "ÀÉÈÊÇ", "“quotes” – and ™", "Ünïcödé ÿ", "Crème brûlée, déjà vu à la carte"]
)
def test_western_words_are_no_other_script(opened, words):
    manifest = opened("s.csv", TEXT.format(f'"{words}"').encode("cp1252"))

    assert next(iter(manifest.rows())).cells[2] == words


def test_the_note_of_a_sheet_under_a_yaml_manifest_names_the_sheet(opened, folder):
    folder.joinpath("s.csv").write_bytes(TEXT.format("Zoë").encode("cp1252"))

    manifest = opened("m.yaml", "kind: translation\nrows: s.csv\n")

    assert manifest.notes[0].startswith('s.csv: read as cp1252, which is a guess: "u,French,Zoë".')
