"""What everyone may see of events: the front page, an event, its programme and calendar."""
