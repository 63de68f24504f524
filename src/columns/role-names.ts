/**
 * Usual names of each role. A name is compared in lower case, with its words joined by underscores; the score says how
 * surely the name means the role, from 0 to 100. Names are of kinds of programs, never of one program.
 */
import type { ColumnRole } from "../column-roles.ts";

export type NamedRole = Exclude<ColumnRole, "id" | "time">;

/** From this score on a name means its role whatever the values are, unless they can't be it. */
export const SURE_NAME = 80;

type Scores = readonly (readonly [score: number, names: RegExp])[];

const SCORES: Readonly<Record<NamedRole, Scores>> = {
  type: [
    [100, /^event_type$/],
    [97, /_event_type$/],
    [
      92,
      /^(?:action|op|operation|activity|log|entry|message|msg|notification|change|hook|command|audit|visit|record|alert|trigger|signal|job|task)_(?:type|kind)$/,
    ],
    [92, /^(?:event|action|op|operation|activity|change)_(?:name|code|class|flag|kind|action|label)$/],
    [90, /^(?:type|kind)$/],
    [88, /^(?:event|action|verb|operation|op|activity|trigger)$/],
    [
      84,
      /^(?:class_name|job_class|job_name|task_name|task_class|worker_class|handler|function|func|function_name|routine|job)$/,
    ],
    [82, /^(?:level|severity|log_level|loglevel|level_name|severity_text|log_severity)$/],
    [81, /^(?:category|event_category)$/],
    [80, /^(?:status|state|phase|stage|outcome|result)$/],
    [64, /^(?:new|to|current|final)_(?:status|state)$/],
    [62, /(?<!old|prev|previous|from)_(?:status|state|outcome|result)$/],
    [
      60,
      /(?<!content|mime|media|target|object|entity|item|resource|subject|source|actor|user|data|file|attachment|reference|owner|parent|encoding|device)_(?:type|kind|action)$/,
    ],
    [45, /^role$/],
    [
      40,
      /^(?:topic|channel|queue|queue_name|method|mode|facility|tag|stream|feed|label|log_name|priority|stream_name)$/,
    ],
    [35, /^name$/],
    [30, /^(?:key|metric|metric_name|code|reason_code|exit_code|exit)$/],
  ],
  actor: [
    [100, /^actor(?:_name|_id|_login|_username)?$/],
    [99, /^actor_email$/],
    [98, /^(?:act|acting|performing|initiating)_user(?:_id|_name)?$/],
    [
      95,
      /^(?:performed|executed|triggered|initiated|done|actioned|issued|caused|invoked|run|started)_by(?:_id|_name)?$/,
    ],
    [90, /^(?:user_name|username|user|user_id|userid|user_email|user_login|login|login_name)$/],
    [
      88,
      /^(?:author|author_name|author_id|sender|sender_name|sender_id|sent_by|created_by|changed_by|requested_by|submitted_by)(?:_id)?$/,
    ],
    [
      87,
      /^(?:agent|agent_name|agent_id|worker|worker_name|worker_id|bot|runner|runner_id|executor|operator|operator_id)$/,
    ],
    [
      85,
      /^(?:who|who_id|by|whodunnit|causer|causer_id|claimed_by|assignee|assigned_to|assigned_user|locked_by|handled_by|processed_by|approved_by|updated_by|modified_by)(?:_id)?$/,
    ],
    [
      82,
      /^(?:owner|owner_name|owner_id|account|account_id|account_name|member_id|principal|principal_id|initiator|requester|caller|customer_id|player|player_id|contact|contact_id|participant_id|employee_id|person|person_id|from_user|from_id|from)$/,
    ],
    [75, /^(?:client|client_name|client_id)$/],
    [66, /^(?:source|source_app|source_name|source_id|origin|producer|publisher|emitter|source_service)$/],
    [
      55,
      /^(?:app|app_name|app_id|application|application_name|program|component|module|service|service_name|logger|logger_name|plugin|integration|subsystem|unit)$/,
    ],
    [
      45,
      /^(?:hostname|host|host_name|from_host|node|node_name|machine|machine_id|device|device_name|device_id|instance|instance_id|server|server_name|computer)$/,
    ],
    [60, /^handle_id$/],
    [40, /^(?:session|session_id|session_key|thread_id|conversation_id|connection_id)$/],
    [30, /^(?:ip|ip_address|client_ip|remote_addr|remote_address|remote_ip|peer)$/],
  ],
  target: [
    [100, /^target(?:_id|_name|_key|_ref|_path)?$/],
    [97, /^object_(?:repr|name|title|label)$/],
    [95, /^object(?:_id|_key)?$/],
    [94, /^(?:object_pk|entity_name)$/],
    [93, /^entity(?:_id|_key)?$/],
    [90, /^(?:resource|resource_name|resource_id|subject_id|subject_name|record_name)$/],
    [
      88,
      /^(?:camera|camera_id|camera_name|work_item|work_item_id|item|item_id|item_name|issue|issue_id|issue_key|ticket|ticket_id|task|task_id|job_id|order_id|invoice_id|document_id|doc_id|record_id|row_id|file_id|post_id|page_id|article_id|product_id|asset|asset_id|asset_key|step|step_key|step_id|step_name|place_id|monitor_id|check_id|sensor|sensor_id|media_id|movie_id|series_id|episode_id|track_id|book_id|feed_id|entry_id|node_id|pipeline_id|deployment_id|build_id|incident_id|alert_id|rule_id|package|package_name|event_id|key_name)$/,
    ],
    [
      84,
      /^(?:domain|domain_name|url|uri|link|path|file|file_name|filename|file_path|filepath|page|route|endpoint|address|key_path|location)$/,
    ],
    [
      80,
      /^(?:subject|repo|repo_id|repo_name|repository|repository_id|workflow|workflow_id|dag_id|flow_id|table_name|collection|container|container_id|container_name|image|bucket|room_id|channel_id|chat_id|place|device_id|sku|zone|room)$/,
    ],
    [
      60,
      /^(?:cwd|directory|folder|run_id|batch_id|project|project_id|project_name|database_name|ref_name|ref|branch|scope|namespace|run_uuid)$/,
    ],
    [
      45,
      /^(?:conversation_id|thread_id|topic|channel|recipient|recipient_id|to|to_id|to_user|receiver|destination|handle_id)$/,
    ],
    [35, /^(?:session|session_id)$/],
    [30, /^(?:queue_name|queue)$/],
  ],
  summary: [
    [100, /^summary$/],
    [96, /^(?:message|msg|log_message|event_message|message_text|log_text)$/],
    [94, /^text$/],
    [92, /^(?:description|desc|short_description)$/],
    [90, /^(?:title|headline|caption|subject_line)$/],
    [88, /^(?:comment|comments|comment_text|note|notes|remark|remarks)$/],
    [86, /^(?:body|content|body_text|content_text)$/],
    [84, /^(?:command|cmd|cmdline|command_line|prompt|question|progress|sentence|phrase|line)$/],
    [83, /^(?:response|answer|output|reply|log|entry)$/],
    [
      81,
      /^(?:reason|detail|details|explanation|error_message|status_message|overview|subject|statement|sql|query|excerpt|snippet|object_repr)$/,
    ],
    [
      60,
      /_(?:message|text|description|title|summary|comment|note|notes|body|overview|detail|details|reason|error|exception)$/,
    ],
    [50, /^(?:name|label|display_name|friendly_name)$/],
    [45, /^(?:error|exception|warning|info|result|value)$/],
  ],
  metadata: [
    [100, /^metadata$/],
    [98, /^payload$/],
    [95, /^(?:changes|changeset|diff|delta|object_changes|changed_fields)$/],
    [94, /^(?:event_data|message_data|event_payload|event_properties)$/],
    [92, /^data$/],
    [90, /^(?:details|detail|attributes|attrs|properties|props|extra|extras|extra_data|meta|info)$/],
    [86, /^(?:arguments|args|kwargs|params|parameters|input|inputs|variables|options|settings)$/],
    [84, /^(?:content|body|context|event|message|request|document|json)$/],
    [82, /_(?:data|payload|metadata|attributes|properties|details|context|extra)$/],
    [81, /^(?:new_value|new_values|new_data|after|value|values)$/],
    [80, /_json$|_meta$/],
    [78, /^(?:old_value|old_values|old_data|before|response|result|output)$/],
  ],
};

/** How surely a name means a role; 0 where it does not. */
export function nameScore(role: NamedRole, snake: string): number {
  return SCORES[role].find(([, names]) => names.test(snake))?.[0] ?? 0;
}

/** What a column of times says, by its name: when the row came to be, or something that may come later. */
const TIME_SCORES: Scores = [
  [
    10,
    /(?:^|_)(?:expire[sd]?|expiry|expiration|schedule[d]?|due|execution|next|wait|until|till|valid|deadline|eta|planned|plan|available|visible|retry|run_at|run_after|not_before|not_after|start_after|remind|reminder|birth|birthday|renew|renewal|target)(?:_|$)/,
  ],
  [30, /(?:^|_)(?:delete[d]?|deletion|remove[d]?|cancel(?:l?ed)?|archive[d]?|revoke[d]?)(?:_|$)/],
  [
    40,
    /(?:^|_)(?:finish(?:ed)?|complete[d]?|completion|end|ended|stop|stopped|close[d]?|deliver(?:ed)?|read|done|lock|locked|reserved?|claim(?:ed)?|resolve[d]?|process(?:ed)?|release[d]?|fail(?:ed)?|ack(?:ed)?|acknowledged|approved|merged|paid|shipped)(?:_|$)/,
  ],
  [
    50,
    /(?:^|_)(?:update[d]?|modif(?:y|ied)|modification|change[d]?|last|seen|touch(?:ed)?|refresh(?:ed)?|save[d]?|sync(?:ed)?|heartbeat|edited|accessed)(?:_|$)/,
  ],
  [
    100,
    /^(?:timestamp|time_?stamp|event_time|event_timestamp|event_ts|event_date|event_at|time|ts|date_?time|datetime_utc|timestamp_utc|utc|utc_time|date|at|when|dttm|tstamp|dt|tm|timestamp_ms|time_ms|ts_ms|unix_time|epoch)$/,
  ],
  [
    99,
    /(?:^|_)(?:occurr?ed|occurrence|happened|fired|logged|observed|emitted|action_time|visit_date|visit_time|log_time|log_date)(?:_|$)/,
  ],
  [
    95,
    /(?:^|_)(?:created?|creation|inserted|added|enqueue[d]?|queue[d]?|in|submitted|posted|sent|issued|published|requested|born)(?:_|$)/,
  ],
  [
    85,
    /(?:^|_)(?:start(?:ed)?|begin|began|open(?:ed)?|received?|record(?:ed)?|registered|ingested|captured|detected|reported|joined)(?:_|$)/,
  ],
  [70, /(?:^|_)(?:time|date|ts|timestamp|at|on|datetime|dttm|utc|unix|epoch|when|clock|day)(?:_|$)/],
];

/** How surely a column of times is when the row came to be; 0 where its name does not speak of a time. */
export function timeNameScore(snake: string): number {
  return TIME_SCORES.find(([, names]) => names.test(snake))?.[0] ?? 0;
}

/** A name that can mean nothing but the time of the row. */
export const SURE_TIME_NAME = 95;
