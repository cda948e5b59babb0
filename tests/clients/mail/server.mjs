// A mail server on a free loopback port that takes mail of its one user and for anybody but "nobody@example.com".
// Prints its port as one line of JSON, then each message as one line.
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const server = new SMTPServer({
  disabledCommands: ["STARTTLS"],
  allowInsecureAuth: true,
  onAuth({ username, password }, _session, answer) {
    const right = username === "book@example.com" && password === "a mail secret";
    answer(right ? null : new Error("wrong name or password"), right ? { user: username } : undefined);
  },
  onRcptTo({ address }, _session, answer) {
    answer(address === "nobody@example.com" ? new Error(`there is no ${address} here`) : null);
  },
  async onData(stream, session, answer) {
    const { subject, text, from } = await simpleParser(stream);
    const to = session.envelope.rcptTo.map(({ address }) => address);
    console.log(JSON.stringify({ to, from: from.text, subject, text }));
    answer();
  },
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.server.address().port })));
