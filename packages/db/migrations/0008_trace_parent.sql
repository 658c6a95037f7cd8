-- The span that wrote a job, as W3C traceparent: set where traces are recorded.
ALTER TABLE "outbox" ADD COLUMN "trace_parent" text;
