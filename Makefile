.PHONY: demo test quick lint coverage messages

demo:
	python3 manage.py demo $(ARGS)

test:
	python3 manage.py test $(ARGS)

quick:
	python3 manage.py test --quick $(ARGS)

lint:
	.ci/lint

coverage:
	.ci/coverage

messages:
	.venv/bin/python manage.py makemessages -l zh_Hans -d django
	.venv/bin/python manage.py makemessages -l zh_Hans -d djangojs
	.venv/bin/python manage.py compilemessages --locale zh_Hans
