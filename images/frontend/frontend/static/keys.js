// Arrow keys, Home and End walk from picture to picture, as Tab does, but by row and column.

const SAME_ROW_PX = 8; // chosen: less than a gap between rows

const middle = (picture) => {
  const box = picture.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top };
};

function nearestInNextRow(pictures, from, direction) {
  const here = middle(from);
  const beyond = pictures
    .map((picture) => ({ picture, at: middle(picture) }))
    .filter(({ at }) => (at.y - here.y) * direction > SAME_ROW_PX);
  const row = Math.min(...beyond.map(({ at }) => Math.abs(at.y - here.y)));
  return beyond
    .filter(({ at }) => Math.abs(at.y - here.y) < row + SAME_ROW_PX)
    .sort((one, other) => Math.abs(one.at.x - here.x) - Math.abs(other.at.x - here.x))[0]?.picture;
}

function target(key, pictures, from) {
  const place = pictures.indexOf(from);
  switch (key) {
    case "ArrowRight": return pictures[place + 1];
    case "ArrowLeft": return pictures[place - 1];
    case "ArrowDown": return nearestInNextRow(pictures, from, 1);
    case "ArrowUp": return nearestInNextRow(pictures, from, -1);
    case "Home": return pictures[0];
    case "End": return pictures[pictures.length - 1];
    default: return undefined;
  }
}

document.addEventListener("keydown", (event) => {
  const from = document.activeElement?.closest("a.picture");
  if (!from || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const next = target(event.key, [...document.querySelectorAll("a.picture")], from);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
