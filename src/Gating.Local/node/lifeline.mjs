// The program that starts us holds the other end of our standard input. When it ends, however it ends (kill -9 too), the pipe closes and
// so do we: nothing of ours is left running. Ctrl-C reaches the whole terminal; the one who started us decides the order, so it is ignored here.
export function endWithParent(close) {
  process.on('SIGINT', () => {});
  process.on('uncaughtException', (error) => {
    console.error(String(error?.message ?? error).split('\n')[0]);
    process.exit(1);
  });
  process.stdin.on('end', close).on('error', close).resume();
}

// One line of JSON per event: that is the whole protocol towards the program that started us.
export function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
