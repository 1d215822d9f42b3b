"""Writes reference.json: what scikit-learn gives for the models of this package.

    python3 -m venv venv && venv/bin/pip install scikit-learn pandas
    SHEAF_DATA=folder venv/bin/python reference.py > reference.json

Every optimum is iterated far beyond the tolerance that the test compares with.
"""

import json
import os
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression


def codes(frame, column):
    """Group the rows by the column, as they first appear, and number the groups."""
    keys = {}
    for v in frame[column]:
        keys.setdefault(v, len(keys))
    code = frame[column].map(keys)
    order = np.argsort(code.to_numpy(), kind="stable")
    frame = frame.iloc[order].reset_index(drop=True)
    frame[column] = code.to_numpy()[order].astype(float)
    return frame


def linear(frame, quantised):
    for column in quantised:
        frame = codes(frame, column)
    names = ["age", "bmi", "children", "region", "sex", "smoker"]
    x, y = frame[names].to_numpy(float), frame["expenses"].to_numpy(float)
    model = LinearRegression().fit(x, y)
    p = model.predict(x)
    return {
        "features": names,
        "coef": model.coef_.tolist(),
        "intercept": model.intercept_,
        "r2": model.score(x, y),
        "rmse": float(np.sqrt(np.mean((p - y) ** 2))),
        "first": p[0],
        "sum": p.sum(),
    }


def logistic(x, y, c):
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100000, solver="newton-cholesky")
    model.fit(x, y)
    p = model.predict_proba(x)
    return {
        "c": c,
        "classes": model.classes_.tolist(),
        "coef": model.coef_.tolist(),
        "intercept": model.intercept_.tolist(),
        "accuracy": model.score(x, y),
        "proba sums": p.sum(axis=0).tolist(),
        "proba first": p[0].tolist(),
        "log likelihood": float(np.log(p[np.arange(len(y)), y - y.min()]).sum()),
    }


data = os.environ.get("SHEAF_DATA") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../shared/data")
iris = pd.read_csv(os.path.join(data, "iris_seed001.csv"))
insurance = pd.read_csv(os.path.join(data, "insurance.csv"))

x = iris.iloc[:, 1:5].to_numpy(float)
y = iris["class_text"].map({k: i for i, k in enumerate(iris["class_text"].unique())}).to_numpy()
two = y > 0
people = insurance[["age", "bmi", "children", "expenses"]].to_numpy(float)
smokes = (insurance["smoker"] == "yes").to_numpy().astype(int)

json.dump(
    {
        "scikit-learn": sklearn.__version__,
        "python": sys.version.split()[0],
        "insurance literal": linear(insurance, ["age", "children", "region", "sex", "smoker"]),
        "insurance sensible": linear(insurance, ["region", "sex", "smoker"]),
        "iris": [logistic(x, y, c) for c in (0.01, 1.0, 100.0)],
        "iris two classes": [logistic(x[two], y[two], c) for c in (1.0, 10.0)],
        "insurance smokers": [logistic(people, smokes, 1.0)],
    },
    sys.stdout,
    indent=1,
)
print()
