"""A draft of a plan remembers how it was before a file or the simple rule changed it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("before", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("before_v", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_column("before_v")
        batch_op.drop_column("before")
