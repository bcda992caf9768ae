from tidegate.tariff.nomenclature import chapter_label, explain_by_labels, section_label


def test_every_chapter_has_a_label_and_a_section():
    chapters = [f"{number:02}" for number in range(1, 100)]
    assert all(chapter_label(chapter).description for chapter in chapters)
    assert [chapter for chapter in chapters if section_label(chapter) is None] == ["98", "99"]
    assert len({section_label(chapter).code for chapter in chapters[:97]}) == 21
    assert chapter_label("00") is None


def test_chapters_stand_in_the_sections_of_the_harmonized_system():
    last = {"I": "05", "II": "14", "III": "15", "IV": "24", "V": "27", "VI": "38", "VII": "40", "VIII": "43"}
    last |= {"IX": "46", "X": "49", "XI": "63", "XII": "67", "XIII": "70", "XIV": "71", "XV": "83"}
    last |= {"XVI": "85", "XVII": "89", "XVIII": "92", "XIX": "93", "XX": "96", "XXI": "97"}
    assert {section_label(chapter).code: chapter for chapter in map("{:02}".format, range(1, 98))} == last


def test_a_code_is_explained_by_its_labels_where_no_schedule_is_loaded():
    explanation = explain_by_labels("8510.90.55.00", "No schedule is loaded here.")
    assert [step.description for step in explanation.path] == [
        "Machines and electrical equipment",
        "Electrical and electronic equipment",
    ]
    assert explanation.missing == "No schedule is loaded here."
    assert explain_by_labels("no code", "").path == ()
