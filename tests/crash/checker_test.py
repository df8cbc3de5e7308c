#!/usr/bin/env python3
"""The checker must find true doubles, lost awards and acts that were undone, and let renewals pass."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from checker import double_awards, lost_acts, lost_awards  # noqa: E402


def award(number, until, status="active"):
    return {"issuerId": "i", "learnerId": "l", "achievementId": "a", "awardNo": number, "status": status,
            "validUntil": until, "awardedAt": "2026-11-25T08:00:00Z"}


class DoubleAwards(unittest.TestCase):
    def test_renewals_and_awards_after_a_revocation_or_expiry_pass(self):
        self.assertEqual(double_awards([award(1, "2026-12-13"), award(2, "2028-05-25")]), [])
        self.assertEqual(double_awards([award(1, "2026-11-24"), award(2, "2026-12-01")]), [])
        self.assertEqual(double_awards([award(1, "2028-01-01", "revoked"), award(2, "2028-01-01")]), [])

    def test_a_second_award_beside_a_live_one_is_found(self):
        for earlier, later in (("2028-05-25", "2028-05-25"), ("2026-12-13", "2026-12-20"), ("2027-01-30", "2028-05-25"), (None, None)):
            self.assertTrue(double_awards([award(1, earlier), award(2, later)]), (earlier, later))
        self.assertTrue(double_awards([award(1, "2028-01-01", "suspended"), award(2, "2028-01-01")]))

    def test_numbers_that_repeat_or_skip_are_found(self):
        self.assertTrue(double_awards([award(1, "2028-01-01"), award(1, "2028-01-01")]))
        self.assertTrue(double_awards([award(1, "2026-11-01"), award(3, "2029-01-01")]))


class LostAwards(unittest.TestCase):
    def test_an_award_that_was_acknowledged_and_is_not_there_is_found(self):
        line = {"kind": "completion", "body": '{"learnerId": "l"}', "status": 201, "answer": '{"credentials": [{"achievementId": "a", "issued": true}]}'}
        self.assertEqual(lost_awards([line], [award(1, "2028-01-01")]), [])
        self.assertEqual(len(lost_awards([line], [])), 1)
        self.assertEqual(len(lost_awards([line], [dict(award(1, "2028-01-01"), achievementId="b")])), 1)


class LostActs(unittest.TestCase):
    def test_a_revocation_that_was_undone_is_found(self):
        line = {"kind": "revocation", "credential": "c"}
        self.assertEqual(lost_acts([line], {"c": award(1, None, "revoked")}), [])
        self.assertEqual(len(lost_acts([line], {"c": award(1, None, "active")})), 1)
        self.assertEqual(len(lost_acts([line], {})), 1)

    def test_a_claim_that_was_undone_is_found(self):
        line = {"kind": "claim", "credential": "c"}
        self.assertEqual(lost_acts([line], {"c": dict(award(1, None), claimState="claimed")}), [])
        self.assertEqual(len(lost_acts([line], {"c": dict(award(1, None), claimState="offered")})), 1)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
