import base64
import io
import re
from types import SimpleNamespace

from PIL import Image

from kubeface.views.canned import RESULTS, drawn_face
from kubeface.views.gallery import THUMBNAIL_PX, gallery, thumbnail


def images_in(page):
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def test_the_text_says_who_and_why():
    assert repr(gallery(RESULTS, drawn_face)) == (
        "PHOTO           STATUS      WHO\n"
        "ada.jpg         PROCESSED   Ada Lovelace\n"
        "landscape.jpg   FAILED      no face in the picture\n"
        "later.jpg       PENDING     not looked at yet\n"
        "stranger.jpg    PROCESSED   nobody we know"
    )


def test_the_text_needs_no_picture():
    assert repr(gallery(RESULTS, None))


def test_pictures_are_embedded_small_and_described():
    page = gallery(RESULTS, drawn_face)._repr_html_()
    assert [max(image.size) for image in images_in(page)] == [THUMBNAIL_PX] * len(RESULTS)
    assert 'alt="ada.jpg: Ada Lovelace; a face is framed"' in page
    assert 'alt="landscape.jpg: no face in the picture; no face is framed"' in page
    assert len(page) < 20_000 * len(RESULTS)


def test_the_frame_is_drawn_where_the_box_is():
    white = io.BytesIO()
    Image.new("RGB", (THUMBNAIL_PX * 2, THUMBNAIL_PX * 2), "white").save(white, "PNG")
    box = SimpleNamespace(left=100, top=100, right=200, bottom=200)
    small = Image.open(io.BytesIO(thumbnail(white.getvalue(), box))).convert("L")
    assert small.crop((49, 49, 102, 102)).getextrema()[0] < 60  # the frame
    assert small.crop((0, 0, 44, 44)).getextrema()[0] > 200  # nothing elsewhere


def test_a_picture_with_transparency_becomes_a_thumbnail_too():
    picture = io.BytesIO()
    Image.new("RGBA", (32, 64)).save(picture, "PNG")
    assert Image.open(io.BytesIO(thumbnail(picture.getvalue()))).size == (90, THUMBNAIL_PX)


def test_a_name_cannot_break_out_of_the_page():
    one = SimpleNamespace(path='x"><script>.jpg', status="PROCESSED", person="<i>", reason=None, box=None)
    page = gallery([one], drawn_face)._repr_html_()
    assert "<script>" not in page
    assert "<i>" not in page
