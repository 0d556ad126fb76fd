"""The embedded world: an emulated account, the user's scenarios, a sink in Slack's place, a preview in a browser."""
