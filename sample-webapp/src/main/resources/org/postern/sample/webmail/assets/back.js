// What the browser keeps for its Back key is empty, and coming back asks the server anew: nobody who sits down after a
// logout sees a mailbox. Without scripts there is nothing to do: "no-store" keeps the page out of every cache but this.
addEventListener('pagehide', event => {
  if (event.persisted) {
    document.body.replaceChildren();
  }
});
addEventListener('pageshow', event => {
  if (event.persisted) {
    location.reload();
  }
});
