-- As before, with the newest entry that an agent's screen showed. When somebody else's reply or note stands after it,
-- nothing is stored and nothing returned: then a transaction finds out what there is. An agent's reply also ends what
-- marks a ticket as woken. A server of the former build calls it without the new argument.
DROP FUNCTION append_entry(uuid, uuid, text, text, text, uuid, uuid, uuid, boolean, uuid, text[], uuid, uuid);
--> statement-breakpoint
CREATE FUNCTION append_entry(
  in_conversation uuid, entry_id uuid, entry_kind text, entry_text text, snippet text,
  by_customer uuid, by_agent uuid, in_department uuid, in_restricted boolean, of_assignee uuid,
  from_statuses text[], event_id uuid, mark_id uuid, expected bigint DEFAULT NULL
) RETURNS TABLE (ticket_id uuid, seq float8, public_seq float8, sender_name text, sent_at text)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
#variable_conflict use_column
DECLARE
  held record;
  moment timestamptz;
  is_public boolean := entry_kind = 'reply';
BEGIN
  IF by_customer IS NOT NULL THEN
    PERFORM set_config('role', 'parley_customer', true), set_config('parley.customer_id', by_customer::text, true);
  END IF;

  SELECT c.ticket_id, c.last_seq + 1 AS seq, CASE WHEN is_public THEN c.last_public_seq + 1 END AS public_seq
  INTO held
  FROM public.conversations c JOIN public.tickets t ON t.id = c.ticket_id
  WHERE c.id = in_conversation AND t.status = ANY (from_statuses)
    AND CASE WHEN by_customer IS NOT NULL THEN t.customer_id = by_customer
      ELSE t.department_id IS NOT DISTINCT FROM in_department AND t.assignee_id IS NOT DISTINCT FROM of_assignee
        AND in_restricted = coalesce((SELECT d.is_restricted FROM public.departments d WHERE d.id = t.department_id), false)
      END
  FOR NO KEY UPDATE OF c, t;
  IF NOT FOUND THEN RETURN; END IF;
  -- A statement of its own, so that it sees what an equal send stored while this one waited for the lock.
  IF EXISTS (SELECT FROM public.messages m WHERE m.conversation_id = in_conversation AND m.id = entry_id) THEN
    RETURN;
  END IF;
  IF expected < held.seq - 1 AND EXISTS (SELECT FROM public.messages m WHERE m.conversation_id = in_conversation
    AND m.seq > expected AND m.kind <> 'event' AND m.agent_id IS DISTINCT FROM by_agent) THEN
    RETURN;
  END IF;
  moment := date_trunc('milliseconds', clock_timestamp());

  WITH entry AS (
    INSERT INTO public.messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, sent_at)
    VALUES (in_conversation, held.seq, held.public_seq, entry_id, entry_kind, by_customer, by_agent, entry_text, moment))
  , conversation AS (
    UPDATE public.conversations SET last_seq = held.seq,
      last_public_seq = coalesce(held.public_seq, last_public_seq),
      last_message = CASE WHEN is_public THEN snippet ELSE last_message END,
      last_message_at = CASE WHEN is_public THEN moment ELSE last_message_at END
    WHERE id = in_conversation)
  INSERT INTO public.events (id, type, ticket_id, conversation_id, seq, actor_kind, actor_id)
  VALUES (event_id, 'message.created', held.ticket_id, in_conversation, held.seq,
    CASE WHEN by_customer IS NOT NULL THEN 'customer' ELSE 'agent' END, coalesce(by_customer, by_agent));

  IF by_customer IS NOT NULL THEN
    UPDATE public.tickets SET version = version + 1, last_activity_at = moment,
      waiting_since = coalesce(waiting_since, moment)
    WHERE id = held.ticket_id;
    INSERT INTO public.participants AS p (id, conversation_id, customer_id, read_seq, read_at, joined_at)
    VALUES (mark_id, in_conversation, by_customer, held.public_seq, moment, moment)
    ON CONFLICT (conversation_id, customer_id) DO UPDATE SET
      read_seq = greatest(p.read_seq, excluded.read_seq), read_at = excluded.read_at,
      joined_at = coalesce(p.joined_at, excluded.joined_at);
  ELSE
    UPDATE public.tickets SET version = version + 1, last_activity_at = moment,
      waiting_since = CASE WHEN NOT is_public THEN waiting_since END,
      first_replied_at = CASE WHEN is_public THEN coalesce(first_replied_at, moment) ELSE first_replied_at END,
      woke_at = CASE WHEN NOT is_public THEN woke_at END
    WHERE id = held.ticket_id;
    INSERT INTO public.participants AS p (id, conversation_id, agent_id, read_seq, read_at, public_read_at, joined_at)
    VALUES (mark_id, in_conversation, by_agent, held.seq, moment,
      CASE WHEN is_public OR EXISTS (SELECT FROM public.messages m WHERE m.conversation_id = in_conversation
        AND m.public_seq IS NOT NULL AND m.seq < held.seq) THEN moment END,
      CASE WHEN is_public THEN moment END)
    ON CONFLICT (conversation_id, agent_id) DO UPDATE SET
      read_seq = greatest(p.read_seq, excluded.read_seq), read_at = excluded.read_at,
      public_read_at = CASE WHEN is_public OR EXISTS (SELECT FROM public.messages m
        WHERE m.conversation_id = in_conversation AND m.public_seq IS NOT NULL AND m.seq > p.read_seq
          AND m.seq < held.seq) THEN excluded.read_at ELSE p.public_read_at END,
      joined_at = coalesce(p.joined_at, excluded.joined_at);
  END IF;
  DELETE FROM public.typing_status WHERE conversation_id = in_conversation
    AND sender_id = coalesce(by_customer, by_agent);

  RETURN QUERY SELECT held.ticket_id, held.seq::float8, held.public_seq::float8,
    CASE WHEN by_customer IS NOT NULL THEN (SELECT c.name FROM public.customers c WHERE c.id = by_customer)
      ELSE (SELECT a.name FROM public.agents a WHERE a.id = by_agent) END,
    to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
END $$;
--> statement-breakpoint
-- Who writes to a snoozed ticket wakes it.
GRANT UPDATE ("snoozed_until", "woke_at") ON "tickets" TO parley_customer;
