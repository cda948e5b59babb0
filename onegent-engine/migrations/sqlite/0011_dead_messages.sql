-- Dead messages are counted without a look at those that are on their way.
CREATE INDEX webhook_messages_dead ON webhook_messages (endpoint_id) WHERE state = 'dead';
