"""Diagnosis → what people see: Slack, chat, e-mail, machines, the fix page; in three languages."""
