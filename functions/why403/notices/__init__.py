"""Diagnosis → what people see: Slack, chat, e-mail, text, machines; in three languages."""
