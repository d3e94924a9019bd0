#!/usr/bin/python3
"""Writes meta.mat: a struct array with the fields of ILSVRC 2012's. See README.md."""
import os

import numpy
import scipy.io

FIELDS = ["ILSVRC2012_ID", "WNID", "words", "gloss",
          "num_children", "children", "wordnet_height", "num_train_images"]
ROWS = [
    (1.0, "n02119789", "kit fox", "a small fox", 0.0, numpy.zeros((1, 0)), 0.0, 1300.0),
    (2.0, "n02100735", "English setter", "a setter", 0.0, numpy.zeros((1, 0)), 0.0, 1300.0),
    (1001.0, "n02084071", "dog", "a canine", 2.0, numpy.array([[1.0, 2.0]]), 9.0, 0.0),
]

synsets = numpy.empty((len(ROWS), 1), dtype=[(name, object) for name in FIELDS])
for i, row in enumerate(ROWS):
    for name, value in zip(FIELDS, row):
        synsets[name][i, 0] = value
scipy.io.savemat(os.path.join(os.path.dirname(os.path.abspath(__file__)), "meta.mat"),
                 {"other": numpy.arange(4.0), "synsets": synsets}, do_compression=True)
