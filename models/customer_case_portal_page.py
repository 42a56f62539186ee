from odoo import api, models
from odoo.tools import SQL, human_size

# What customers may read of the conversation; notes and logs are of other types or
# subtypes.
MESSAGE_TYPES = ("comment", "email", "email_outgoing", "auto_comment")


class CustomerCase(models.Model):
    """What the page of a case shows to its customer and takes from him.

    Plain values of an allow-list, never a record.
    """

    _inherit = "customer.case"

    # === WHAT IS SHOWN === #

    def _get_portal_values(self):
        """Return what the page of a case shows of the case itself."""
        self.ensure_one()
        values = self._get_customer_values()
        values["portal_state"] = self._get_portal_states()[values["state"]]
        return values

    def _get_portal_states(self):
        """Return words of customers for our steps."""
        return {
            "received": self.env._("Received by us"),
            "acknowledged": self.env._("Being worked on"),
            "judged": self.env._("Being worked on"),
            "proposed": self.env._("Solution proposed"),
            "solved": self.env._("Solved"),
            "confirmed": self.env._("Closed"),
            "cancelled": self.env._("Withdrawn"),
        }

    def _get_portal_steps(self):
        """Return how far a case is, in four steps; none for what was withdrawn."""
        self.ensure_one()
        state = self.state
        if state == "cancelled":
            return []
        reached = {
            "received": 1,
            "acknowledged": 2,
            "judged": 2,
            "proposed": 3,
            "solved": 4,
            "confirmed": 5,
        }[state]
        labels = [
            self.env._("Received by us"),
            self.env._("Being worked on"),
            self.env._("Solution proposed"),
            self.env._("Solved"),
            self.env._("Confirmed by you"),
        ]
        if self.confirmation_result not in (False, "confirmed"):
            labels[-1] = self.env._("Closed")
        return [
            {"label": label, "is_done": index <= reached}
            for index, label in enumerate(labels, start=1)
        ]

    def _get_portal_rating(self):
        """Return the rating given in this round, 0 for none; False when there is none
        to give.
        """
        self.ensure_one()
        if not self._can_be_rated():
            return False
        # sudo: customers have no rights on the model
        case_sudo = self.sudo()
        rating = case_sudo.round_rating_id
        is_given = rating.consumed and case_sudo.rating_round == case_sudo.reopen_count
        return int(rating.rating) if is_given else 0

    def _get_portal_messages(self):
        """Return the messages of a case that its customer may read, oldest first."""
        self.ensure_one()
        comment = self.env.ref("mail.mt_comment")
        # sudo: customers have no rights on messages of our records
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", MESSAGE_TYPES),
                    ("subtype_id", "=", comment.id),
                    ("is_internal", "=", False),
                ],
                order="date, id",
            )
        )

    def _get_portal_conversation(self):
        """Return what was written as plain values."""
        messages = self._get_portal_messages()
        our_partners = self._get_our_partners(messages.author_id)
        return [
            {
                "is_ours": message.author_id in our_partners,
                "author": message.author_id.name or message.email_from or "",
                "date": message.date,
                "body": message.body,
                "files": self._get_file_values(message.attachment_ids),
            }
            for message in messages
        ]

    def _get_portal_files(self):
        """Return every file that the customer sent or was sent."""
        return self._get_handed_in_files() | self._get_portal_messages().attachment_ids

    def _get_handed_in_files(self):
        """Return the files a case came with; what colleagues attach is ours alone."""
        self.ensure_one()
        # sudo: customers have no rights on attachments of our records
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                    ("create_uid.share", "=", True),
                ],
                order="id",
            )
            - self._get_portal_messages().attachment_ids
        )

    @api.model
    def _get_file_values(self, attachments):
        return [
            {
                "id": attachment.id,
                "name": attachment.name,
                "size": human_size(attachment.file_size),
            }
            for attachment in attachments
        ]

    @api.model
    def _get_our_partners(self, partners):
        """Return those of some contacts who are users of ours, left ones too."""
        # sudo: customers may not read users
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        return users_sudo.search(
            [("partner_id", "in", partners.ids), ("share", "=", False)]
        ).partner_id

    # === WHAT IS TAKEN === #

    def _take_customer_reply(self, text, files, key):
        """Post what a customer wrote on the page, once for one key of the page.

        :param files: dicts with name and raw, checked by the caller
        """
        self.ensure_one()
        # Whoever sends the same page at the same moment is made to try again after us.
        self.env.execute_query(
            SQL(
                "UPDATE customer_case SET write_date = write_date WHERE id = %s"
                " RETURNING id",
                self.id,
            )
        )
        message_id = f"<{key}.portal-case-{self.id}@{self.env.cr.dbname}>"
        # sudo: customers have no rights on messages of our records
        messages_sudo = self.env["mail.message"].sudo()
        if messages_sudo.search_count([("message_id", "=", message_id)], limit=1):
            return
        self._post_customer_message(
            text,
            attachments=[(file["name"], file["raw"]) for file in files],
            partner=self._get_portal_author(),
            message_id=message_id,
        )

    def _get_portal_author(self):
        """Return the contact whose login it is, else the one the link was sent to."""
        self.ensure_one()
        # sudo: whose case it is; customers read no case
        if self.sudo().filtered_domain(self._get_login_domain()):
            return self.env.user.partner_id
        return self.partner_id
