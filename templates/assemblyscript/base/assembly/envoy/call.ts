import { Status } from "./status";

/** Whether a call has been made, and the number by which the callbacks name it. */
export class Call {
  constructor(
    readonly status: Status,
    /** To be used only where the status is `Ok`. */
    readonly id: u32,
  ) {}
}
