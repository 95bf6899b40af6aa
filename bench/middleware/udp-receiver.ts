/* Takes datagrams and forgets them: the receiver of a measurement, in a process of its own. It prints its port. */
import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.bind(0, "127.0.0.1", () => console.log(socket.address().port));
process.stdin.on("end", () => socket.close()).resume();
