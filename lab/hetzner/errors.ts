/** Hetzner's error envelope. Clients look at the code, never at the status alone, and the provider breaks when `details` is missing. */

/** Documented status of each code; codes not listed are faults of the request's meaning, 422. */
const statuses: Record<string, number> = {
  json_error: 400,
  unauthorized: 401,
  token_readonly: 401,
  forbidden: 403,
  maintenance: 403,
  resource_limit_exceeded: 403,
  not_found: 404,
  firewall_resource_not_found: 404,
  method_not_allowed: 405,
  uniqueness_error: 409,
  conflict: 409,
  deprecated_api_endpoint: 410,
  resource_unavailable: 412,
  primary_ip_version_mismatch: 412,
  locked: 423,
  protected: 423,
  rate_limit_exceeded: 429,
  server_error: 500,
  bad_gateway: 502,
  unavailable: 503,
  timeout: 504,
};

export interface FieldFault {
  name: string;
  messages: string[];
}

export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: object | null;

  constructor(code: string, message: string, details: object | null = null, status = statuses[code] ?? 422) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** The code that goes with a bare HTTP status, for staged faults. */
export function codeOf(status: number): string {
  return Object.entries(statuses).find(([, value]) => value === status)?.[0] ?? (status < 500 ? "service_error" : "server_error");
}

export function envelope(error: { code: string; message: string; details?: object | null }): object {
  return { error: { code: error.code, message: error.message, details: error.details ?? null } };
}

/** 404 with the words the real API uses. */
export function notFound(kind: string, id: number | string): ApiError {
  return new ApiError("not_found", `${kind} with ID '${id}' not found`);
}

/** 422 invalid_input that names the fields. */
export function invalidFields(fields: FieldFault[]): ApiError {
  const text = fields.map((field) => `invalid input in field '${field.name}': ${field.messages.join(", ")}`).join("; ");
  return new ApiError("invalid_input", text, { fields });
}

export function invalid(field: string, message: string): ApiError {
  return invalidFields([{ name: field, messages: [message] }]);
}
