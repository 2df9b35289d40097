"""Rules that a constraint cannot write, kept by triggers in both databases.

They are laid anew after every `migrate`, because SQLite drops a table's triggers when a migration remakes the table.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from assignments.choices import SecondmentState

OVERLAP = "secondment_overlap"
SAME_SCHOOL = "placement_same_school"
PAYMENT_LOCKED = "allowance_sheet_locked"
# The sentences that people read; importers and forms say the same before the database has to.
MESSAGES = {
    OVERLAP: "同一时间只能有一个全职派遣，请先结束原来的，或改起止日期",
    SAME_SCHOOL: "受援学校不能和派出学校相同",
    PAYMENT_LOCKED: "这张补助发放表已经锁定，里面的内容不能再改",
}
NOT_GOING = (SecondmentState.DRAFT, SecondmentState.WITHDRAWN, SecondmentState.SENT_BACK)
TOLERANCE_DAYS = 31  # two stays that are known to the month or the school year only may seem to overlap by some weeks

_NOT_GOING = ", ".join(f"'{state.value}'" for state in NOT_GOING)

# ruff: noqa: S608  # every name in these statements is a constant of this module
_SQLITE = f"""
CREATE TRIGGER {OVERLAP}_{{event_name}} {{event}} ON assignments_secondment
WHEN NEW.is_full_time AND NEW.state NOT IN ({_NOT_GOING})
BEGIN
  SELECT RAISE(ABORT, '{OVERLAP}') WHERE EXISTS (
    SELECT 1 FROM assignments_secondment other
    WHERE other.teacher_id = NEW.teacher_id AND other.id <> COALESCE(NEW.id, -1)
      AND other.is_full_time AND other.state NOT IN ({_NOT_GOING})
      AND julianday(MAX(other.start, NEW.start))
          + (CASE WHEN other.precision = 'range' AND NEW.precision = 'range' THEN 0 ELSE {TOLERANCE_DAYS} END)
          <= julianday(MIN(COALESCE(other.ended_on, other."end"), COALESCE(NEW.ended_on, NEW."end"))));
END;
"""
_SQLITE_PLACEMENT = f"""
CREATE TRIGGER {SAME_SCHOOL}_{{event_name}} {{event}} ON assignments_placement
BEGIN
  SELECT RAISE(ABORT, '{SAME_SCHOOL}') WHERE EXISTS (
    SELECT 1 FROM assignments_secondment parent
    WHERE parent.id = NEW.secondment_id AND parent.sending_school_id = NEW.receiving_school_id);
END;
"""
_SQLITE_SENDER = f"""
CREATE TRIGGER {SAME_SCHOOL}_sender BEFORE UPDATE OF sending_school_id ON assignments_secondment
BEGIN
  SELECT RAISE(ABORT, '{SAME_SCHOOL}') WHERE EXISTS (
    SELECT 1 FROM assignments_placement stay
    WHERE stay.secondment_id = NEW.id AND stay.receiving_school_id = NEW.sending_school_id);
END;
"""

# The advisory lock lets two people who enter the same teacher at the same moment see each other.
_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {OVERLAP}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.is_full_time AND NEW.state NOT IN ({_NOT_GOING}) THEN
    PERFORM pg_advisory_xact_lock(7305002, NEW.teacher_id::int);
    IF EXISTS (
      SELECT 1 FROM assignments_secondment other
      WHERE other.teacher_id = NEW.teacher_id AND other.id <> NEW.id
        AND other.is_full_time AND other.state NOT IN ({_NOT_GOING})
        AND GREATEST(other.start, NEW.start)
            + (CASE WHEN other.precision = 'range' AND NEW.precision = 'range' THEN 0 ELSE {TOLERANCE_DAYS} END)
            <= LEAST(COALESCE(other.ended_on, other."end"), COALESCE(NEW.ended_on, NEW."end"))
    ) THEN
      RAISE EXCEPTION USING ERRCODE = '23P01', MESSAGE = '{OVERLAP}', CONSTRAINT = '{OVERLAP}';
    END IF;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {OVERLAP} ON assignments_secondment;
CREATE TRIGGER {OVERLAP} BEFORE INSERT OR UPDATE ON assignments_secondment FOR EACH ROW EXECUTE FUNCTION {OVERLAP}();

CREATE OR REPLACE FUNCTION {SAME_SCHOOL}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM assignments_secondment parent
    WHERE parent.id = NEW.secondment_id AND parent.sending_school_id = NEW.receiving_school_id
  ) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{SAME_SCHOOL}', CONSTRAINT = '{SAME_SCHOOL}';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {SAME_SCHOOL} ON assignments_placement;
CREATE TRIGGER {SAME_SCHOOL} BEFORE INSERT OR UPDATE ON assignments_placement FOR EACH ROW EXECUTE FUNCTION {SAME_SCHOOL}();

CREATE OR REPLACE FUNCTION {SAME_SCHOOL}_sender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM assignments_placement stay
    WHERE stay.secondment_id = NEW.id AND stay.receiving_school_id = NEW.sending_school_id
  ) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{SAME_SCHOOL}', CONSTRAINT = '{SAME_SCHOOL}';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {SAME_SCHOOL}_sender ON assignments_secondment;
CREATE TRIGGER {SAME_SCHOOL}_sender BEFORE UPDATE OF sending_school_id ON assignments_secondment
  FOR EACH ROW EXECUTE FUNCTION {SAME_SCHOOL}_sender();
"""

# A locked sheet of allowances and what stands in it: nothing is added, changed or taken away.
_LOCKED_ROW = "SELECT 1 FROM assignments_allowancesheet sheet WHERE sheet.state = 'locked' AND sheet.id"
_LOCKED = (
    ("BEFORE INSERT", "insert", f"EXISTS ({_LOCKED_ROW} = NEW.sheet_id)"),
    ("BEFORE UPDATE", "update", f"EXISTS ({_LOCKED_ROW} IN (OLD.sheet_id, NEW.sheet_id))"),
    ("BEFORE DELETE", "delete", f"EXISTS ({_LOCKED_ROW} = OLD.sheet_id)"),
)
_SQLITE_LOCKED = tuple(
    f"CREATE TRIGGER {PAYMENT_LOCKED}_{name} {event} ON assignments_allowancepayment WHEN {condition} "
    f"BEGIN SELECT RAISE(ABORT, '{PAYMENT_LOCKED}'); END"
    for event, name, condition in _LOCKED
) + tuple(
    f"CREATE TRIGGER {PAYMENT_LOCKED}_sheet_{name} {event} ON assignments_allowancesheet WHEN OLD.state = 'locked' "
    f"BEGIN SELECT RAISE(ABORT, '{PAYMENT_LOCKED}'); END"
    for event, name in (("BEFORE UPDATE", "update"), ("BEFORE DELETE", "delete"))
)
_POSTGRESQL_LOCKED = f"""
CREATE OR REPLACE FUNCTION {PAYMENT_LOCKED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND EXISTS ({_LOCKED_ROW} = OLD.sheet_id))
    OR (TG_OP <> 'DELETE' AND EXISTS ({_LOCKED_ROW} = NEW.sheet_id)) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{PAYMENT_LOCKED}', CONSTRAINT = '{PAYMENT_LOCKED}';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PAYMENT_LOCKED}_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'locked' THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{PAYMENT_LOCKED}', CONSTRAINT = '{PAYMENT_LOCKED}';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {PAYMENT_LOCKED} ON assignments_allowancepayment;
CREATE TRIGGER {PAYMENT_LOCKED} BEFORE INSERT OR UPDATE OR DELETE ON assignments_allowancepayment
  FOR EACH ROW EXECUTE FUNCTION {PAYMENT_LOCKED}();
DROP TRIGGER IF EXISTS {PAYMENT_LOCKED}_sheet ON assignments_allowancesheet;
CREATE TRIGGER {PAYMENT_LOCKED}_sheet BEFORE UPDATE OR DELETE ON assignments_allowancesheet
  FOR EACH ROW EXECUTE FUNCTION {PAYMENT_LOCKED}_sheet();
"""


def lift_locks(using: str = "default") -> None:
    """Take the locks of allowance sheets away until `lay` is called again. For clearing a made-up county only."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {PAYMENT_LOCKED} ON assignments_allowancepayment")
            cursor.execute(f"DROP TRIGGER IF EXISTS {PAYMENT_LOCKED}_sheet ON assignments_allowancesheet")
            return
        for statement in _SQLITE_LOCKED:
            cursor.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")


def lay(using: str = "default", **kwargs: Any) -> None:
    """Create the triggers, or create them anew; the receiver of `post_migrate`."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if "assignments_placement" not in tables:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            cursor.execute(_POSTGRESQL_LOCKED)
            return
        for template in (_SQLITE, _SQLITE_PLACEMENT):
            for event, name in (("BEFORE INSERT", "insert"), ("BEFORE UPDATE", "update")):
                statement = template.format(event=event, event_name=name)
                cursor.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")
                cursor.execute(statement)
        cursor.execute(f"DROP TRIGGER IF EXISTS {SAME_SCHOOL}_sender")
        cursor.execute(_SQLITE_SENDER)
        for statement in _SQLITE_LOCKED:
            cursor.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")
            cursor.execute(statement)


def message_of(error: Exception) -> str | None:
    """The Chinese sentence for the trigger that refused; None where another rule did."""
    told = str(error)
    return next((message for name, message in MESSAGES.items() if name in told), None)
