// The Standard interface: htmx exchanges parts of the pages that the server makes; this adds what a page cannot do by
// itself: keys, the countdown of a support session, the height of a letter, and care for what is being written.
(() => {
  'use strict';
  const byId = id => document.getElementById(id);
  const rows = () => [...document.querySelectorAll('.message-link')];
  let typed = false;
  let asked = false;
  let end = 0;

  // What the browser keeps for its Back key is empty, and coming back asks the server anew: nobody who sits down after a
  // logout sees a mailbox.
  addEventListener('pagehide', event => event.persisted && document.body.replaceChildren());
  addEventListener('pageshow', event => event.persisted && location.reload());

  // A letter is as high as its text: it has no script that could say so.
  const fit = frame => {
    const page = frame.contentDocument && frame.contentDocument.documentElement;
    if (page) {
      frame.style.height = Math.min(page.scrollHeight + 8, 20000) + 'px';
      // Whoever clicked into the letter means the page around it.
      frame.contentDocument.addEventListener('keydown', onKey);
    }
  };
  const frames = () => document.querySelectorAll('iframe.html').forEach(frame => {
    frame.onload = () => fit(frame);
    fit(frame);
  });

  const countdown = () => {
    const left = byId('support-left');
    if (!left) {
      return;
    }
    const seconds = Math.floor((end - performance.now()) / 1000);
    if (seconds < 0) {
      // The server says that it is over; whoever is writing keeps what he wrote.
      if (!typed && !asked) {
        asked = true;
        location.reload();
      }
      return;
    }
    const [pattern, big, small] = seconds < 3600
      ? [left.dataset.minutes, Math.floor(seconds / 60), seconds % 60]
      : [left.dataset.hours, Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    left.textContent = pattern.replace('{0}', big).replace('{1}', small);
  };

  // A narrow window shows the list or the message.
  const panes = () => document.querySelectorAll('.mail').forEach(mail => mail.classList.toggle('open', !!byId('message')));

  const ready = () => {
    // By the server's clock: this machine's may be wrong.
    end = performance.now() + 1000 * (byId('support-left') || {dataset: {}}).dataset.left;
    frames();
    countdown();
    panes();
    typed = false;
    const on = byId('keys-on');
    if (on) {
      on.checked = localStorage.getItem('keys') !== 'off';
    }
  };
  addEventListener('DOMContentLoaded', () => {
    ready();
    setInterval(countdown, 1000);
  });
  // Text is drawn anew when a window changes its width.
  addEventListener('resize', () => document.querySelectorAll('iframe.html').forEach(fit));

  // The login page has no such line: it comes when the session has ended.
  const offline = is => {
    if (byId('offline')) {
      byId('offline').hidden = !is;
    }
  };
  const help = () => byId('shortcuts') && byId('shortcuts').showModal();

  addEventListener('htmx:afterSettle', event => {
    const target = event.detail.target || byId('page');
    offline(false);
    if (target.id === 'said') {
      (byId('error') || target).scrollIntoView({block: 'center'});
      return;
    }
    ready();
  });
  addEventListener('htmx:afterSwap', event => {
    // A page that the Back key asked for has no target.
    const target = event.detail.target || byId('page');
    if (target.id === 'reader') {
      const path = new URL(event.detail.xhr.responseURL).searchParams.get('_uid');
      rows().forEach(link => {
        const open = new URL(link.href).searchParams.get('_uid') === path;
        if (open) {
          link.setAttribute('aria-current', 'true');
        } else {
          link.removeAttribute('aria-current');
        }
        if (open && !byId('support')) {
          link.parentElement.classList.remove('unread');
          link.querySelectorAll('.mark').forEach(mark => mark.remove());
        }
      });
      panes();
      byId('reader').scrollTop = 0;
      byId('reader').focus({preventScroll: true});
    } else if (target.id === 'page') {
      const auto = document.querySelector('#page [autofocus]');
      (auto || byId('main')).focus({preventScroll: true});
    }
  });
  // What is none of our pages, such as a proxy's, must not leave an empty one.
  addEventListener('htmx:beforeSwap', event => {
    if (!/ id="(?:page|said)"/.test(event.detail.serverResponse)) {
      event.detail.shouldSwap = false;
      offline(true);
    }
  });
  ['htmx:sendError', 'htmx:timeout'].forEach(name => addEventListener(name, () => offline(true)));

  addEventListener('input', event => {
    typed = typed || !!event.target.closest('#letter');
  });
  addEventListener('beforeunload', event => typed && event.preventDefault());
  addEventListener('htmx:confirm', event => {
    const letter = byId('letter');
    const leaves = typed && letter && event.target !== letter;
    if (leaves && !confirm(letter.dataset.leave)) {
      event.preventDefault();
    }
  });

  addEventListener('change', event => {
    if (event.target.id === 'all') {
      document.querySelectorAll('#messages [name=_uid]').forEach(box => {
        box.checked = event.target.checked;
      });
    } else if (event.target.id === 'keys-on') {
      localStorage.setItem('keys', event.target.checked ? 'on' : 'off');
    }
  });
  addEventListener('click', event => event.target.id === 'keys' && help());

  const go = step => {
    const links = rows();
    const at = links.indexOf(document.activeElement);
    const current = at >= 0 ? at : links.findIndex(link => link.hasAttribute('aria-current'));
    const next = links[current < 0 ? 0 : Math.max(0, Math.min(links.length - 1, current + step))];
    if (next) {
      next.focus();
    }
  };
  const press = id => {
    const element = byId(id);
    if (element) {
      element.click();
    }
  };
  const list = () => {
    const open = document.querySelector('.message-link[aria-current]');
    if (open && open.offsetParent) {
      open.focus();
    } else {
      press('back');
    }
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    o: () => document.activeElement.matches('.message-link') && document.activeElement.click(),
    u: list,
    c: () => press('write'),
    r: () => press('reply'),
    a: () => press('reply-all'),
    f: () => press('forward'),
    m: () => press('do-unread'),
    '#': () => press('do-delete'),
    '/': () => byId('q') && byId('q').focus(),
    '?': help
  };
  function onKey(event) {
    const editing = event.target.closest && event.target.closest('input:not([type=checkbox]),textarea,select,dialog');
    if (editing || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem('keys') === 'off') {
      return;
    }
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  }
  addEventListener('keydown', onKey);
})();
