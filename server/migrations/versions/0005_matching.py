"""Wishes, the weights of reasons, and searches for the best plan."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "wish",
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_wish_mentor_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_wish_team_id")),
        sa.PrimaryKeyConstraint("mentor_id", "team_id", "by", name=op.f("pk_wish")),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_team_id"), ["team_id"], unique=False)
    op.create_table(
        "solving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_v", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("visits", sa.JSON(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("told_gap", sa.Float(), nullable=True),
        sa.Column("uncovered", sa.Integer(), nullable=True),
        sa.Column("fewest", sa.Integer(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_solving_asked_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_solving_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solving")),
    )
    with op.batch_alter_table("solving", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_solving_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index("ix_solving_state", ["state"], unique=False)
        batch_op.create_index(
            "uq_solving_plan",
            ["plan_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'running')"),
            postgresql_where=sa.text("state IN ('asked', 'running')"),
        )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weights", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("languages", sa.JSON(), server_default='["ja"]', nullable=False)
        )


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_column("languages")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_column("weights")
    op.drop_table("solving")
    op.drop_table("wish")
