"""The table in examples/cases.json, which the JavaScript client is held to as well."""

import json
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

from picture import Picture  # noqa: E402

CASES = json.loads((FOLDER.parent / "cases.json").read_text(encoding="utf-8"))


class TestPicture(unittest.TestCase):
    def test_cases(self):
        self.assertGreater(len(CASES), 20)
        for case in CASES:
            with self.subTest(case["name"]):
                picture = Picture()
                outcomes = [
                    picture.snapshot(step["snapshot"]) if "snapshot" in step else picture.update(step["update"])
                    for step in case["steps"]
                ]
                self.assertEqual(outcomes, [step["is"] for step in case["steps"]])
                self.assertEqual(picture.state, case["state"])
                self.assertEqual(picture.position, case["position"])

    def test_changed_aircraft_is_a_new_dict(self):
        picture = Picture()
        picture.snapshot({"epoch": "e", "seq": 1, "view": "v", "aircraft": [{"hex": "A1", "gs": 1}, {"hex": "B2"}]})
        a, b = picture.state["A1"], picture.state["B2"]
        picture.update({"epoch": "e", "base": 1, "seq": 2, "view": "v", "updated": [{"hex": "A1", "gs": 2}]})
        self.assertIsNot(picture.state["A1"], a)
        self.assertEqual(a["gs"], 1)
        self.assertIs(picture.state["B2"], b)


if __name__ == "__main__":
    unittest.main()
